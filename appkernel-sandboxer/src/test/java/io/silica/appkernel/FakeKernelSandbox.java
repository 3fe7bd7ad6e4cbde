// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A kernel that is a map of containers; our own process stands for it. */
final class FakeKernelSandbox implements KernelSandbox {
    private final Map<ContainerId, FakeKernelContainer> containers = new ConcurrentHashMap<>();
    private final Exit exit = new Exit();
    private final Runnable onClose;
    private volatile int pid;
    private volatile boolean ranOutOfMemory;
    private volatile Optional<Statistics> counted = Optional.empty();

    FakeKernelSandbox(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public int start() {
        pid = (int) ProcessHandle.current().pid();
        return pid;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    /** It ends, and so does all that runs on it. */
    void runOutOfMemory() {
        ranOutOfMemory = true;
        stop();
    }

    /** Whether something counts what it uses. */
    void counted(Optional<Statistics> statistics) {
        counted = statistics;
    }

    @Override
    public Optional<Statistics> statistics() {
        return counted;
    }

    @Override
    public boolean ranOutOfMemory() {
        return ranOutOfMemory;
    }

    @Override
    public KernelContainer create(ContainerConfig config) {
        var container = new FakeKernelContainer(config, () -> containers.remove(config.id()));
        containers.put(config.id(), container);
        return container;
    }

    @Override
    public List<KernelContainer> containers() {
        return List.copyOf(containers.values());
    }

    Optional<FakeKernelContainer> container(ContainerId id) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public void update(PodResources resources) {}

    @Override
    public void stop() {
        containers.values().forEach(FakeKernelContainer::kill);
        containers.clear();
        exit.complete(new ExitStatus(0, Instant.now()));
    }

    @Override
    public void close() {
        stop();
        onClose.run();
    }
}
