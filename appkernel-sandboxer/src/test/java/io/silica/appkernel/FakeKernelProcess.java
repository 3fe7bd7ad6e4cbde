// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelProcess;
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
 * {@code ["sleep"]} runs until it is killed, {@code ["exit", "7"]} ends at once with that code,
 * {@code ["print", "text"]} writes a line.
 */
final class FakeKernelProcess implements KernelProcess {
    private final List<String> args;
    private final Stdio stdio;
    private final Runnable onDelete;
    private final Exit exit = new Exit();
    private boolean started;

    FakeKernelProcess(List<String> args, Stdio stdio, Runnable onDelete) {
        this.args = args;
        this.stdio = stdio;
        this.onDelete = onDelete;
    }

    @Override
    public synchronized ProcessState state() {
        return exit.status()
                .<ProcessState>map(ProcessState.Stopped::new)
                .orElseGet(() -> started ? new ProcessState.Running() : new ProcessState.Created());
    }

    @Override
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
            default -> {}
        }
    }

    private void print(String text) {
        try {
            Files.writeString(Path.of(stdio.stdout()), text + "\n", StandardOpenOption.WRITE);
            end(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end(int code) {
        exit.complete(new ExitStatus(code, Instant.now()));
    }

    @Override
    public void signal(Signal signal, boolean all) {
        if (exit.status().isPresent()) {
            throw new SandboxException.NotFound("the process has ended");
        }
        if (signal.number() != 0) {
            end(signal.exitCode());
        }
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void closeStdin() {}

    @Override
    public void delete() {
        onDelete.run();
    }
}
