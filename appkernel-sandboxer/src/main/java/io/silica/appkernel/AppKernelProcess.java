// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelProcess;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.util.function.IntSupplier;

/** A process of an {@link AppKernelContainer}. */
final class AppKernelProcess implements ContainerProcess {
    private final KernelProcess process;
    private final IntSupplier pid;
    private final Runnable onDelete;

    /**
     * @param pid of the host, that stands for the kernel
     * @param onDelete called at each {@link #delete}
     */
    AppKernelProcess(KernelProcess process, IntSupplier pid, Runnable onDelete) {
        this.process = process;
        this.pid = pid;
        this.onDelete = onDelete;
    }

    /**
     * @throws SandboxException.InvalidArgument if it is not clear whether a process has a terminal
     */
    static void requireClarity(String who, ProcessSpec process, Stdio stdio) {
        if (process.terminal() != stdio.terminal()) {
            throw new SandboxException.InvalidArgument(
                    who
                            + " asks for a terminal in its specification or with its streams, but not in both");
        }
    }

    @Override
    public int pid() {
        return pid.getAsInt();
    }

    @Override
    public void start() {
        process.start();
    }

    @Override
    public void kill(Signal signal, boolean all) {
        process.signal(signal, all);
    }

    @Override
    public Exit exit() {
        return process.exit();
    }

    @Override
    public void resize(int columns, int rows) {
        process.resize(columns, rows);
    }

    @Override
    public void closeStdin() {
        process.closeStdin();
    }

    @Override
    public void delete() {
        process.delete();
        onDelete.run();
    }
}
