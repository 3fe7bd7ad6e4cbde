// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import com.google.protobuf.UnsafeByteOperations;
import io.silica.proto.guest.InputChunk;
import io.silica.proto.guest.InputResponse;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestTask;
import java.util.Arrays;
import java.util.Optional;

/**
 * Carries what comes from a FIFO to a process. What was read and not yet acknowledged is kept, and
 * sent again on the next connection; a daemon that dies loses it, at most {@link #CHUNK} bytes.
 */
final class InputRelay {
    static final int CHUNK = 32 << 10;

    private final Agent agent;
    private final GuestTask task;
    private final InputFifo fifo;
    private final Thread thread;

    /** Where {@link #pending} begins; unknown before the agent has said how much it has. */
    private Optional<Long> position = Optional.empty();

    private byte[] pending = new byte[0];
    private boolean atEnd;
    private volatile boolean stopped;

    InputRelay(Agent agent, GuestTask task, InputFifo fifo) {
        this.agent = agent;
        this.task = task;
        this.fifo = fifo;
        this.thread = Thread.ofVirtual().name("STDIN of " + task.name()).unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try (DuplexStream<InputChunk, InputResponse> stream =
                    agent.stream("Input", InputResponse.parser())) {
                relay(stream);
                return;
            } catch (TtrpcException e) {
                if (e.code() != StatusCode.UNAVAILABLE || stopped || !agent.awaitAgain()) {
                    return;
                }
            } catch (SandboxException.TimedOut _) {
                // It is not there yet.
            } catch (SandboxException | InterruptedException _) {
                return;
            }
        }
    }

    private void relay(DuplexStream<InputChunk, InputResponse> stream) throws InterruptedException {
        stream.send(
                InputChunk.newBuilder()
                        .setContainerId(task.container().value())
                        .setExecId(task.execId())
                        .setOffset(position.orElse(0L))
                        .build());
        if (!acknowledged(stream)) {
            return;
        }
        while (true) {
            if (pending.length == 0 && !atEnd) {
                pending = fifo.read(CHUNK);
                atEnd = pending.length == 0;
            }
            stream.send(chunk());
            if (atEnd) {
                awaitEnd(stream);
                return;
            }
            while (pending.length > 0) {
                if (!acknowledged(stream)) {
                    return;
                }
            }
        }
    }

    private InputChunk chunk() {
        return InputChunk.newBuilder()
                .setOffset(position.orElse(0L))
                .setData(UnsafeByteOperations.unsafeWrap(pending))
                .setEnd(atEnd)
                .build();
    }

    /** Takes an acknowledgement; false if the process takes nothing more. */
    private boolean acknowledged(DuplexStream<InputChunk, InputResponse> stream) {
        var answer = stream.receive();
        if (answer.isEmpty()) {
            return false;
        }
        long told = answer.get().getAcknowledged();
        long at = position.orElse(told);
        int taken = (int) Math.min(Math.max(0, told - at), pending.length);
        pending = Arrays.copyOfRange(pending, taken, pending.length);
        position = Optional.of(at + taken);
        return true;
    }

    private static void awaitEnd(DuplexStream<InputChunk, InputResponse> stream) {
        stream.closeSend();
        for (var _ : stream) {
            // Nothing is left to be acknowledged.
        }
    }

    /** The process reads the end behind what is there. */
    void endAfterRest() {
        fifo.endAfterRest();
    }

    /** Carries nothing more. */
    void end() {
        stop();
        fifo.end();
    }

    /** The same; the next daemon goes on. */
    void letGo() {
        stop();
        fifo.letGo();
    }

    private void stop() {
        stopped = true;
        thread.interrupt();
    }
}
