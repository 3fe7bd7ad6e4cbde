// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A sandbox as one life of the daemon knows it; behind it is an agent. */
final class FakeSandbox implements Sandbox {
    private final SandboxId id;
    private final FakeAgent agent;
    private final FakeLife life;
    private final Exit exit = new Exit();

    FakeSandbox(SandboxId id, FakeAgent agent, FakeLife life) {
        this.id = id;
        this.agent = agent;
        this.life = life;
    }

    @Override
    public int start() {
        life.pass("sandbox.start");
        return 0;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        life.ask(id, "container.create");
        life.survivors().effect("create " + config.id());
        var init = new FakeProgram(config.spec().process().args(), config.stdio());
        return container(config.id(), agent.create(config.id(), init));
    }

    private FakeContainer container(ContainerId container, FakeAgent.Guest guest) {
        return new FakeContainer(
                id, container, guest, life, () -> agent.guests().remove(container, guest));
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        life.ask(id, "sandbox.adopt-containers");
        life.survivors().expect(agent, former);
        agent.keep(former.stream().map(FormerContainer::id).collect(Collectors.toSet()));
        return former.stream().flatMap(it -> adopted(it).stream()).toList();
    }

    private Optional<AdoptedContainer> adopted(FormerContainer former) {
        return Optional.ofNullable(agent.guests().get(former.id()))
                .map(guest -> container(former.id(), guest).adopted(former));
    }

    @Override
    public void stop() {
        life.pass("sandbox.stop");
        end();
    }

    private void end() {
        agent.end();
        life.survivors().lose(id);
        exit.complete(new ExitStatus(0, Instant.now()));
    }

    @Override
    public Statistics statistics() {
        life.ask(id, "sandbox.statistics");
        return new Statistics(Instant.now(), 1_000, 4096, 0, 0, agent.guests().size(), 0);
    }

    @Override
    public void update(PodResources resources) {
        life.ask(id, "sandbox.update");
        life.survivors().effect("update " + id);
    }

    @Override
    public Map<String, String> identity() {
        return Map.of("fake", id.value());
    }

    @Override
    public void close() {
        life.pass("sandbox.close");
        end();
    }
}
