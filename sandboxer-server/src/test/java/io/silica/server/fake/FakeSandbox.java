// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

final class FakeSandbox implements Sandbox {
    private final SandboxId id;
    private final Faults faults;
    private final FakeSandboxer.Survivors survivors;
    private final Exit exit = new Exit();
    private final Set<FakeContainer> containers = ConcurrentHashMap.newKeySet();

    FakeSandbox(SandboxId id, Faults faults, FakeSandboxer.Survivors survivors) {
        this.id = id;
        this.faults = faults;
        this.survivors = survivors;
    }

    @Override
    public int start() {
        faults.pass("sandbox.start");
        return 0;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        faults.pass("container.create");
        var container = new FakeContainer(config, faults);
        containers.add(container);
        return container;
    }

    @Override
    public void stop() {
        faults.pass("sandbox.stop");
        containers.forEach(container -> container.end(Signal.KILL.exitCode()));
        survivors.lose(id);
        exit.complete(new ExitStatus(0, Instant.now()));
    }

    @Override
    public Statistics statistics() {
        faults.pass("sandbox.statistics");
        return new Statistics(Instant.now(), 1_000, 4096, 0, 0, containers.size(), 0);
    }

    @Override
    public void update(PodResources resources) {
        faults.pass("sandbox.update");
    }

    @Override
    public Map<String, String> identity() {
        return Map.of("fake", id.value());
    }

    @Override
    public void close() {
        faults.pass("sandbox.close");
        containers.forEach(container -> container.end(Signal.KILL.exitCode()));
        survivors.lose(id);
        exit.complete(new ExitStatus(0, Instant.now()));
    }
}
