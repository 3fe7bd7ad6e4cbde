// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A container of a {@link FakeKernelSandbox}. */
final class FakeKernelContainer implements KernelContainer {
    private final ContainerId id;
    private final FakeKernelProcess init;
    private final Map<ExecId, FakeKernelProcess> execs = new ConcurrentHashMap<>();
    private volatile Runnable whenAsked = () -> {};

    FakeKernelContainer(ContainerConfig config, Runnable onDelete) {
        this.id = config.id();
        this.init = new FakeKernelProcess(config.spec().process().args(), config.stdio(), onDelete);
    }

    @Override
    public ContainerId id() {
        return id;
    }

    @Override
    public FakeKernelProcess init() {
        return init;
    }

    @Override
    public KernelProcess exec(ExecConfig config) {
        var added =
                new FakeKernelProcess(
                        config.process().args(), config.stdio(), () -> execs.remove(config.id()));
        execs.put(config.id(), added);
        return added;
    }

    @Override
    public Map<ExecId, KernelProcess> execs() {
        return Map.copyOf(execs);
    }

    @Override
    public Statistics statistics() {
        whenAsked.run();
        return new Statistics(Instant.now(), 1_000, 4_096, 0, 0, 1, 0);
    }

    /** Something happens whenever its figures are asked for. */
    void whenAsked(Runnable happens) {
        whenAsked = happens;
    }

    @Override
    public void observer(ContainerObserver hears) {}

    @Override
    public void update(Resources resources) {}

    @Override
    public void pause() {
        init.pause(true);
    }

    @Override
    public void resume() {
        init.pause(false);
    }

    void kill() {
        init.end(Signal.KILL.exitCode());
        execs.values().forEach(it -> it.end(Signal.KILL.exitCode()));
    }
}
