// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
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

final class FakeProcess implements ContainerProcess {
    private final List<String> args;
    private final Stdio stdio;
    private final Faults faults;
    private final Exit exit = new Exit();

    FakeProcess(List<String> args, Stdio stdio, Faults faults) {
        this.args = args;
        this.stdio = stdio;
        this.faults = faults;
    }

    @Override
    public int pid() {
        return (int) ProcessHandle.current().pid();
    }

    @Override
    public void start() {
        faults.pass("process.start");
        switch (args.getFirst()) {
            case "exit" -> end(Integer.parseInt(args.get(1)));
            case "print" -> print(args.get(1));
            case "sleep" -> {}
            default -> throw new SandboxException.InvalidArgument("no program " + args.getFirst());
        }
    }

    @Override
    public void kill(Signal signal, boolean all) {
        faults.pass("process.kill");
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
    public void resize(int columns, int rows) {
        if (!stdio.terminal()) {
            throw new SandboxException.Unsupported("the process has no terminal");
        }
    }

    @Override
    public void closeStdin() {}

    @Override
    public void delete() {
        faults.pass("process.delete");
    }

    void end(int code) {
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
