// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import io.silica.linux.LinuxException;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.OutputStream;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.AgentFailure;
import io.silica.vmm.agent.GuestTask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Carries what a process writes to one of its streams into a FIFO. A connection that is lost is
 * followed by another one, on which the stream goes on behind what was acknowledged.
 */
final class OutputRelay {
    private static final System.Logger LOG = System.getLogger(OutputRelay.class.getName());
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Nobody writes as much. */
    private static final long LAST_OFFSET = 1L << 60;

    private final Agent agent;
    private final GuestTask task;
    private final OutputStream which;
    private final OutputFifo fifo;
    private final Thread thread;

    private final WrittenOffset kept;

    /** All bytes before it are in the FIFO. */
    private long written;

    private volatile boolean stopped;

    /** When something came last, or since when it is written; for the wait at the end. */
    private volatile long progress = System.nanoTime();

    private volatile boolean writing;

    OutputRelay(
            Agent agent, GuestTask task, OutputStream which, OutputFifo fifo, WrittenOffset kept) {
        this.agent = agent;
        this.task = task;
        this.which = which;
        this.fifo = fifo;
        this.kept = kept;
        this.written = kept.get();
        this.thread = Thread.ofVirtual().name(which + " of " + task.name()).unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try (DuplexStream<OutputRequest, OutputChunk> stream =
                    agent.stream("Output", OutputChunk.parser())) {
                relay(stream);
                return;
            } catch (TtrpcException e) {
                if (!isWorthAnotherTry(e) || !pause()) {
                    return;
                }
            } catch (SandboxException.TimedOut _) {
                // It is not there yet.
            } catch (SandboxException | LinuxException | InterruptedException _) {
                return;
            }
        }
    }

    /** The connection may be there, and it is the guest that ends the stream. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    private boolean isWorthAnotherTry(TtrpcException failure) {
        if (failure.code() == StatusCode.UNAVAILABLE) {
            return !stopped && agent.awaitAgain();
        }
        if (failure.code() != StatusCode.CANCELLED && failure.code() != StatusCode.NOT_FOUND) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the output of {0} is given up: {1}",
                    task.name(),
                    Printable.of(String.valueOf(AgentFailure.of(failure).getMessage())));
        }
        return false;
    }

    private void relay(DuplexStream<OutputRequest, OutputChunk> stream)
            throws InterruptedException {
        stream.send(
                OutputRequest.newBuilder()
                        .setContainerId(task.container().value())
                        .setExecId(task.execId())
                        .setStream(which)
                        .setAcknowledged(written)
                        .build());
        for (var chunk : stream) {
            progress = System.nanoTime();
            take(chunk);
            acknowledge(stream);
        }
    }

    /** Of a stream that has ended, what had come before is still taken. */
    private void acknowledge(DuplexStream<OutputRequest, OutputChunk> stream) {
        try {
            stream.send(OutputRequest.newBuilder().setAcknowledged(written).build());
        } catch (TtrpcException e) {
            if (e.code() == StatusCode.CANCELLED) {
                throw e;
            }
        }
    }

    /** What comes again is left out; what a guest leaves out is its own loss. */
    private void take(OutputChunk chunk) throws InterruptedException {
        long at = Math.clamp(chunk.getOffset(), 0, LAST_OFFSET);
        long length = chunk.getData().size();
        long begin = Math.clamp(written - at, 0, length);
        written = Math.max(written, at);
        writing = true;
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocate(length);
            bytes.copyFrom(MemorySegment.ofArray(chunk.getData().toByteArray()));
            for (long done = begin; done < length; ) {
                int count = fifo.write(bytes, done, length - done);
                done += count;
                written += count;
                kept.set(written);
            }
        }
        writing = false;
        progress = System.nanoTime();
    }

    /**
     * Waits until all has come and is in the FIFO, and somebody is there to read it. A guest that
     * holds the stream open and sends nothing for that long is not waited for.
     */
    void awaitEnd(Duration patience) throws InterruptedException {
        progress = System.nanoTime();
        while (!thread.join(LOOK_AGAIN)) {
            if (!writing && System.nanoTime() - progress > patience.toNanos()) {
                stop();
            }
        }
        fifo.awaitReader();
    }

    /** Carries nothing more, when it returns: what was written is known. */
    private void stopAndAwait() {
        stop();
        try {
            if (thread.getState() != Thread.State.NEW) {
                var _ = thread.join(STOP_PATIENCE);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        stopped = true;
        thread.interrupt();
    }

    /** The same; containerd sees the end. */
    void end() {
        stopAndAwait();
        fifo.end();
        kept.delete();
    }

    /** The same; the next daemon goes on. */
    void letGo() {
        stopAndAwait();
        fifo.letGo();
        kept.close();
    }
}
