// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Statistics;
import java.util.List;
import java.util.function.IntSupplier;

/** A container of an {@link AppKernelSandbox}. */
final class AppKernelContainer implements Container {
    private final KernelContainer container;
    private final IntSupplier pid;
    private final AppKernelProcess init;

    /**
     * @param pid of the host, that stands for the kernel
     * @param onDelete called at each delete of the first process
     */
    AppKernelContainer(KernelContainer container, IntSupplier pid, Runnable onDelete) {
        this.container = container;
        this.pid = pid;
        this.init = new AppKernelProcess(container.init(), pid, onDelete);
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        AppKernelProcess.requireClarity(
                "process \"%s\" of container \"%s\"".formatted(config.id(), container.id()),
                config.process(),
                config.stdio());
        return added(container.exec(config));
    }

    /** A process that is there. */
    ContainerProcess added(KernelProcess process) {
        return new AppKernelProcess(process, pid, () -> {});
    }

    @Override
    public Statistics statistics() {
        return container.statistics();
    }

    /** The host sees the kernel and nothing of what runs on it. */
    @Override
    public List<Integer> pids() {
        return List.of(pid.getAsInt());
    }

    @Override
    public void update(Resources resources) {
        container.update(resources);
    }

    @Override
    public void pause() {
        container.pause();
    }

    @Override
    public void resume() {
        container.resume();
    }
}
