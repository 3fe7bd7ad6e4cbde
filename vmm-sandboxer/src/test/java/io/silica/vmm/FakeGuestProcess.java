// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.guest.GuestProcessState;
import io.silica.proto.guest.OutputStream;
import io.silica.proto.guest.ProcessPhase;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of a {@link FakeGuest}: {@code sleep} until it is killed, {@code exit N}, {@code print
 * TEXT}, {@code cat} until its input ends, {@code count N} lines.
 */
final class FakeGuestProcess {
    static final int USR1 = 10;

    private final AtomicInteger counted = new AtomicInteger();
    private final List<String> args;
    private final FakeInput input = new FakeInput();
    private final FakeOutput stdout = new FakeOutput();
    private final FakeOutput stderr = new FakeOutput();
    private final Exit exit = new Exit();
    private boolean started;
    private boolean paused;

    FakeGuestProcess(List<String> args) {
        this.args = List.copyOf(args);
        exit.onExit(_ -> {
            stdout.close();
            stderr.close();
        });
    }

    FakeInput input() {
        return input;
    }

    FakeOutput output(OutputStream which) {
        return which == OutputStream.OUTPUT_STREAM_STDERR ? stderr : stdout;
    }

    Exit exit() {
        return exit;
    }

    /**
     * Whether it was not running before.
     *
     * @throws TtrpcException for a program with a path: there is none
     */
    synchronized boolean start() {
        if (args.getFirst().startsWith("/")) {
            throw new TtrpcException(StatusCode.INVALID_ARGUMENT, "no program " + args);
        }
        if (started || exit.status().isPresent()) {
            return false;
        }
        started = true;
        Thread.ofVirtual().name("fake " + args).start(this::run);
        return true;
    }

    private void run() {
        try {
            switch (args.getFirst()) {
                case "sleep" -> {}
                case "exit" -> end(Integer.parseInt(args.get(1)));
                case "print" -> {
                    stdout.write((args.get(1) + "\n").getBytes(UTF_8));
                    end(0);
                }
                case "cat" -> {
                    stdout.write(input.await());
                    end(0);
                }
                case "count" -> {
                    for (int i = 1; i <= Integer.parseInt(args.get(1)); i++) {
                        stdout.write((i + "\n").getBytes(UTF_8));
                    }
                    end(0);
                }
                default -> end(127);
            }
        } catch (InterruptedException _) {
            end(1);
        }
    }

    /** All but SIGUSR1, which it counts, end it. */
    void signal(int signal) {
        if (signal == USR1) {
            counted.incrementAndGet();
        } else if (signal != 0) {
            end(128 + signal);
        }
    }

    /** How many times SIGUSR1 has come. */
    int counted() {
        return counted.get();
    }

    void end(int code) {
        exit.complete(new ExitStatus(code, Instant.now()));
    }

    synchronized void pause(boolean pause) {
        paused = pause;
    }

    synchronized Status status() {
        if (exit.status().isPresent()) {
            return Status.STOPPED;
        }
        if (!started) {
            return Status.CREATED;
        }
        return paused ? Status.PAUSED : Status.RUNNING;
    }

    GuestProcessState state(String exec) {
        var state = GuestProcessState.newBuilder().setExecId(exec).setPid(1);
        exit.status()
                .ifPresent(it -> state.setExitStatus(it.code()).setExitedAt(timestamp(it.at())));
        return state.setPhase(
                        switch (status()) {
                            case CREATED -> ProcessPhase.PROCESS_PHASE_CREATED;
                            case STOPPED -> ProcessPhase.PROCESS_PHASE_STOPPED;
                            default -> ProcessPhase.PROCESS_PHASE_RUNNING;
                        })
                .build();
    }

    static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }
}
