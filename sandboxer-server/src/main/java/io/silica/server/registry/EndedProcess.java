// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;

/** A process of which nothing is left but what the record tells. */
final class EndedProcess implements ContainerProcess {
    private final int pid;
    private final Exit exit;

    EndedProcess(int pid, ExitStatus status) {
        this.pid = pid;
        this.exit = Exit.of(status);
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public void start() {
        throw ended("started");
    }

    @Override
    public void kill(Signal signal, boolean all) {
        throw ended("signalled");
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {}

    @Override
    public void closeStdin() {}

    @Override
    public void delete() {}

    private static SandboxException ended(String what) {
        return new SandboxException.NotFound("a process that is gone cannot be " + what);
    }
}
