// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A container on Quark. */
final class QuarkContainer implements KernelContainer {
    private final ContainerId id;
    private final ProcessRecord record;
    private final QuarkTools tools;
    private final QuarkPod pod;
    private final Supplier<Optional<Statistics>> figures;
    private final QuarkProcess init;
    private final Map<ExecId, QuarkProcess> execs = new ConcurrentHashMap<>();
    private volatile Statistics last = Statistics.none(InstantSource.system().instant());

    /**
     * Preconditions: its record is complete, its files are shown.
     *
     * @param figures what it uses, as far as that can be told
     * @param onDelete called at each delete
     */
    QuarkContainer(
            ContainerId id,
            ProcessRecord record,
            QuarkTools tools,
            QuarkPod pod,
            Supplier<Optional<Statistics>> figures,
            Runnable onDelete) {
        this.id = id;
        this.record = record;
        this.tools = tools;
        this.pod = pod;
        this.figures = figures;
        this.init =
                new QuarkProcess(
                        id,
                        Optional.empty(),
                        record,
                        tools,
                        pod,
                        () -> {
                            forget();
                            onDelete.run();
                        });
    }

    /** Finds out what is so with one of an earlier life of the daemon. */
    void find() {
        init.find();
        for (var exec : record.execs()) {
            var found = record.exec(exec);
            if (found.isComplete()) {
                exec(exec, found).find();
            } else {
                remove(exec, found);
            }
        }
    }

    @Override
    public ContainerId id() {
        return id;
    }

    @Override
    public KernelProcess init() {
        return init;
    }

    /** Whether its first process has not ended. */
    boolean isLiving() {
        return !(init.state() instanceof ProcessState.Stopped);
    }

    @Override
    public KernelProcess exec(ExecConfig config) {
        NoTerminal.require(
                "process \"%s\" of container \"%s\"".formatted(config.id(), id), config.stdio());
        var made = record.exec(config.id());
        // What a daemon that died has left of it.
        remove(config.id(), made);
        made.create(QuarkSpecs.added(record.process(), config.process()));
        try {
            tools.blocking(
                    "show the streams of a process of container \"%s\"".formatted(id),
                    () ->
                            tools.root()
                                    .addStreams(
                                            id,
                                            QuarkProcess.prefix(Optional.of(config.id())),
                                            config.stdio()));
        } catch (RuntimeException e) {
            made.remove();
            throw e;
        }
        made.complete(config.stdio());
        return exec(config.id(), made);
    }

    private QuarkProcess exec(ExecId exec, ProcessRecord made) {
        var process =
                new QuarkProcess(
                        id,
                        Optional.of(exec),
                        made,
                        tools,
                        pod,
                        () -> {
                            remove(exec, made);
                            execs.remove(exec);
                        });
        execs.put(exec, process);
        return process;
    }

    private void remove(ExecId exec, ProcessRecord made) {
        tools.blocking(
                "take away the streams of a process of container \"%s\"".formatted(id),
                () -> tools.root().removeStreams(id, QuarkProcess.prefix(Optional.of(exec))));
        made.remove();
    }

    @Override
    public Map<ExecId, KernelProcess> execs() {
        return Map.copyOf(execs);
    }

    @Override
    public Statistics statistics() {
        figures.get().ifPresent(it -> last = it);
        return last;
    }

    /** Quark does not tell why something was killed. */
    @Override
    public void observer(ContainerObserver hears) {}

    @Override
    public void update(Resources resources) {
        throw new SandboxException.Unsupported(
                "container \"%s\" cannot be limited: Quark limits no single container"
                        .formatted(id));
    }

    @Override
    public void pause() {
        throw new SandboxException.Unsupported(
                "container \"%s\" cannot be paused: Quark pauses nothing".formatted(id));
    }

    @Override
    public void resume() {
        throw new SandboxException.Unsupported(
                "container \"%s\" cannot be resumed: Quark pauses nothing".formatted(id));
    }

    /** Lets go of its processes. */
    void letGo() {
        init.letGo();
        execs.values().forEach(QuarkProcess::letGo);
    }

    private void forget() {
        execs.values().forEach(QuarkProcess::letGo);
        tools.blocking(
                "take away the files of container \"%s\"".formatted(id),
                () -> tools.root().remove(id));
        record.remove();
    }
}
