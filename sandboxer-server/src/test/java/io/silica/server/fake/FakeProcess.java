// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;

/** A program as one life of the daemon knows it. */
final class FakeProcess implements ContainerProcess {
    private final SandboxId agent;
    private final String name;
    private final FakeProgram program;
    private final FakeLife life;
    private final Runnable onDelete;
    private final Exit exit = new Exit();

    /**
     * @param name what the survivors' list of effects calls it
     * @param onDelete deletes it in the agent
     */
    FakeProcess(
            SandboxId agent, String name, FakeProgram program, FakeLife life, Runnable onDelete) {
        this.agent = agent;
        this.name = name;
        this.program = program;
        this.life = life;
        this.onDelete = onDelete;
        program.exit()
                .onExit(status -> {
                    if (!life.isOver()) {
                        exit.complete(status);
                    }
                });
    }

    @Override
    public int pid() {
        return (int) ProcessHandle.current().pid();
    }

    @Override
    public void start() {
        life.ask(agent, "process.start");
        life.survivors().effect("start " + name);
        program.start();
    }

    @Override
    public void kill(Signal signal, boolean all) {
        life.ask(agent, "process.kill");
        life.survivors().effect("kill " + name + " " + signal.number());
        program.kill(signal);
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {
        if (!program.stdio().terminal()) {
            throw new SandboxException.Unsupported("the process has no terminal");
        }
        life.ask(agent, "process.resize");
        life.survivors().effect("resize " + name);
    }

    @Override
    public void closeStdin() {
        life.ask(agent, "process.close-stdin");
        life.survivors().effect("close-stdin " + name);
    }

    @Override
    public void delete() {
        life.ask(agent, "process.delete");
        life.survivors().effect("delete " + name);
        onDelete.run();
    }
}
