// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;

/** A container as one life of the daemon knows it. */
final class FakeContainer implements Container {
    private final SandboxId agent;
    private final ContainerId id;
    private final FakeAgent.Guest guest;
    private final FakeLife life;
    private final FakeProcess init;

    /**
     * @param onDelete deletes it in the agent
     */
    FakeContainer(
            SandboxId agent,
            ContainerId id,
            FakeAgent.Guest guest,
            FakeLife life,
            Runnable onDelete) {
        this.agent = agent;
        this.id = id;
        this.guest = guest;
        this.life = life;
        this.init = new FakeProcess(agent, id.value(), guest.init(), life, onDelete);
    }

    /** The same, with those of its processes that a record knows; the others end. */
    AdoptedContainer adopted(FormerContainer former) {
        var execs = new HashMap<ExecId, AdoptedProcess>();
        guest.execs()
                .forEach((exec, program) -> {
                    if (former.execs().containsKey(exec)) {
                        execs.put(
                                exec, new AdoptedProcess(process(exec, program), program.state()));
                    } else {
                        program.end(137);
                        guest.execs().remove(exec);
                    }
                });
        return new AdoptedContainer(id, this, guest.init().state(), execs);
    }

    private FakeProcess process(ExecId exec, FakeProgram program) {
        return new FakeProcess(
                agent, id + "/" + exec, program, life, () -> guest.execs().remove(exec));
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        life.ask(agent, "container.exec");
        life.survivors().effect("exec " + id + "/" + config.id());
        var program = new FakeProgram(config.process().args(), config.stdio());
        guest.execs().put(config.id(), program);
        return process(config.id(), program);
    }

    @Override
    public Statistics statistics() {
        life.ask(agent, "container.statistics");
        return new Statistics(Instant.now(), 1_000, 4096, 0, 0, 1, 0);
    }

    @Override
    public List<Integer> pids() {
        return List.of(init.pid());
    }

    @Override
    public void update(Resources resources) {
        life.ask(agent, "container.update");
        life.survivors().effect("update " + id);
    }

    @Override
    public void pause() {
        life.ask(agent, "container.pause");
        life.survivors().effect("pause " + id);
        guest.init().pause(true);
    }

    @Override
    public void resume() {
        life.ask(agent, "container.resume");
        life.survivors().effect("resume " + id);
        guest.init().pause(false);
    }
}
