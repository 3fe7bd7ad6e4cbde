// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.server.fake.FakeProgram;
import java.util.List;

/** A process of a {@link FakeKernelContainer}. */
final class FakeKernelProcess implements KernelProcess {
    private final FakeProgram program;
    private final Runnable onDelete;

    FakeKernelProcess(List<String> args, Stdio stdio, Runnable onDelete) {
        this.program = new FakeProgram(args, stdio);
        this.onDelete = onDelete;
    }

    @Override
    public ProcessState state() {
        return program.state();
    }

    @Override
    public void start() {
        program.start();
    }

    void pause(boolean pause) {
        program.pause(pause);
    }

    void end(int code) {
        program.end(code);
    }

    @Override
    public void signal(Signal signal, boolean all) {
        program.kill(signal);
    }

    @Override
    public Exit exit() {
        return program.exit();
    }

    @Override
    public void resize(int columns, int rows) {
        throw new SandboxException.Unsupported("a fake has no terminal");
    }

    @Override
    public void closeStdin() {}

    @Override
    public void delete() {
        onDelete.run();
    }
}
