// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * What runs: {@code ["sleep"]} until it is killed; {@code ["exit", "7"]} ends at once with that
 * code; {@code ["print", "text"]} writes a line and ends with 0. It lives on when a daemon dies.
 */
public final class FakeProgram {
    private final List<String> args;
    private final Stdio stdio;
    private final Exit exit = new Exit();
    private boolean started;
    private boolean paused;

    public FakeProgram(List<String> args, Stdio stdio) {
        this.args = args;
        this.stdio = stdio;
    }

    Stdio stdio() {
        return stdio;
    }

    /** Its end. */
    public Exit exit() {
        return exit;
    }

    /** Its state. */
    public synchronized ProcessState state() {
        if (exit.status().isPresent()) {
            return new ProcessState.Stopped(exit.status().get());
        }
        if (!started) {
            return new ProcessState.Created();
        }
        return paused ? new ProcessState.Paused() : new ProcessState.Running();
    }

    /** Takes it to be in that state. */
    void become(ProcessState state) {
        switch (state) {
            case ProcessState.Created() -> {}
            case ProcessState.Running() -> start();
            case ProcessState.Paused() -> {
                start();
                pause(true);
            }
            case ProcessState.Stopped(ExitStatus status) -> exit.complete(status);
        }
    }

    /** Lets it run; doing it twice is harmless. */
    public void start() {
        synchronized (this) {
            if (started) {
                return;
            }
            started = true;
        }
        switch (args.getFirst()) {
            case "exit" -> end(Integer.parseInt(args.get(1)));
            case "print" -> print(args.get(1));
            case "sleep" -> {}
            default -> throw new SandboxException.InvalidArgument("no program " + args.getFirst());
        }
    }

    /** Stops it where it is, or lets it go on. */
    public synchronized void pause(boolean pause) {
        paused = pause;
    }

    /** Ends it as the signal does. */
    public void kill(Signal signal) {
        if (exit.status().isPresent()) {
            throw new SandboxException.NotFound("the process has ended");
        }
        if (signal.number() != 0) {
            end(signal.exitCode());
        }
    }

    /** Ends it by itself. */
    public void end(int code) {
        exit.complete(new ExitStatus(code, Instant.now()));
    }

    private void print(String text) {
        try {
            if (!stdio.stdout().isEmpty()) {
                Files.writeString(Path.of(stdio.stdout()), text + "\n", StandardOpenOption.WRITE);
            }
            end(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
