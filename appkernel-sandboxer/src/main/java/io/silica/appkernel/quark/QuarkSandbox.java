// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.LinuxException;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A pod with a machine of its own. */
final class QuarkSandbox implements KernelSandbox {
    private final QuarkTools tools;
    private final Runnable onClose;
    private final Exit exit = new Exit();
    private final Map<ContainerId, QuarkContainer> containers = new ConcurrentHashMap<>();

    /** Those whose files are being shown, perhaps for longer than anybody waits. */
    private final Set<ContainerId> showing = ConcurrentHashMap.newKeySet();

    private volatile @Nullable QuarkPod running;
    private boolean wasFound;
    private volatile boolean stopping;

    /**
     * Preconditions: its places are there.
     *
     * @param onClose called at each {@link #close}
     */
    QuarkSandbox(QuarkTools tools, Runnable onClose) {
        this.tools = tools;
        this.onClose = onClose;
    }

    /**
     * Goes on with the process of an earlier life of the daemon.
     *
     * @return false if it is gone
     */
    synchronized boolean find() {
        var found =
                SandboxProcess.load(tools.places())
                        .flatMap(it -> SandboxProcess.find(it, tools.poller()));
        found.ifPresent(it -> runs(pod(it)));
        wasFound = found.isPresent();
        return found.isPresent();
    }

    private QuarkPod pod(SandboxProcess process) {
        return new QuarkPod(process, new TaskSocket(tools.places().socket(), tools.host()));
    }

    @Override
    public synchronized int start() {
        var before = running;
        if (before != null) {
            finishStart(before);
            return before.process().identity().pid();
        }
        try {
            var pod = pod(started());
            try {
                pod.socket().awaitAnswer(tools.config().patience(), pod.process()::isAlive);
            } catch (RuntimeException e) {
                pod.close();
                throw e;
            }
            runs(pod);
            return pod.process().identity().pid();
        } catch (LinuxException e) {
            undoStart();
            throw new SandboxException.Failed(
                    "cannot prepare a sandbox for Quark: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            undoStart();
            throw e;
        }
    }

    /** The daemon that began it may have died before it was over. */
    private void finishStart(QuarkPod pod) {
        if (wasFound) {
            tools.joinCgroup(pod.process().identity().pid());
            pod.socket().awaitAnswer(tools.config().patience(), pod.process()::isAlive);
            wasFound = false;
        }
    }

    private SandboxProcess started() {
        var places = tools.places();
        tools.blocking(
                "make the directory of a sandbox",
                () -> tools.root().create(QuarkSpecs.sandbox(tools.spec())));
        var identity = tools.program().start(places, tools.spec().id(), tools::joinCgroup);
        SandboxProcess.save(identity, places);
        // It may have been begun before its parent was moved.
        tools.joinCgroup(identity.pid());
        return SandboxProcess.find(identity, tools.poller())
                .orElseThrow(SandboxProcess::endedAtOnce);
    }

    private void undoStart() {
        tools.processes().kill(SandboxProcess.load(tools.places()));
        tools.blocking("remove the directory of a sandbox", tools.places()::removeRun);
    }

    private void runs(QuarkPod started) {
        running = started;
        started.death().onExit(this::ended);
    }

    private void ended(ExitStatus status) {
        exit.complete(stopping ? new ExitStatus(0, status.at()) : status);
    }

    @Override
    public int pid() {
        var pod = running;
        return pod == null ? 0 : pod.process().identity().pid();
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public KernelContainer create(ContainerConfig config) {
        var pod = running;
        if (pod == null || !pod.process().isAlive()) {
            throw new SandboxException.WrongState(
                    "cannot create container \"%s\": its sandbox does not run"
                            .formatted(config.id()));
        }
        NoTerminal.require("container \"%s\"".formatted(config.id()), config.stdio());
        if (showing.contains(config.id())) {
            throw new SandboxException.Unavailable(
                    "cannot create container \"%s\": files of an earlier one of that name are still being mounted"
                            .formatted(config.id()));
        }
        var record = new ProcessRecord(tools.places().container(config.id()));
        // What a daemon that died has left of it.
        remove(config.id(), record);
        var spec = QuarkSpecs.container(config);
        record.create(QuarkSpecs.process(spec));
        showInTime(config, spec, record);
        record.complete(config.stdio());
        return container(config.id(), record, pod);
    }

    /** The record of what could not be shown stays until nothing of it is there any more. */
    private void showInTime(ContainerConfig config, byte[] spec, ProcessRecord record) {
        var id = config.id();
        var _ =
                tools.host()
                        .call(
                                "show the files of container \"%s\"".formatted(id),
                                () -> {
                                    showing.add(id);
                                    try {
                                        show(config, spec);
                                        return true;
                                    } catch (RuntimeException e) {
                                        record.remove();
                                        showing.remove(id);
                                        throw e;
                                    }
                                },
                                _ -> {
                                    try {
                                        tools.root().remove(id);
                                        record.remove();
                                    } finally {
                                        showing.remove(id);
                                    }
                                });
        showing.remove(id);
    }

    private void show(ContainerConfig config, byte[] spec) {
        var root = tools.root();
        root.add(config, spec);
        try {
            root.addStreams(config.id(), QuarkProcess.prefix(Optional.empty()), config.stdio());
        } catch (RuntimeException e) {
            root.remove(config.id());
            throw e;
        }
    }

    /** Only what was written down was ours: Quark has names of its own there. */
    private void remove(ContainerId id, ProcessRecord record) {
        if (Files.isDirectory(record.directory())) {
            tools.blocking(
                    "take away the files of container \"%s\"".formatted(id),
                    () -> tools.root().remove(id));
            record.remove();
        }
    }

    private QuarkContainer container(ContainerId id, ProcessRecord record, QuarkPod pod) {
        var made =
                new QuarkContainer(
                        id,
                        record,
                        tools,
                        pod,
                        () -> figures(id, pod),
                        () -> containers.remove(id));
        var before = containers.put(id, made);
        if (before != null) {
            before.letGo();
        }
        return made;
    }

    /** Quark counts for no single container: one that is alone has used all of it. */
    private Optional<Statistics> figures(ContainerId id, QuarkPod pod) {
        var living = containers.values().stream().filter(QuarkContainer::isLiving).toList();
        boolean isAlone = living.size() == 1 && living.getFirst().id().equals(id);
        return isAlone && pod.process().isAlive()
                ? Optional.of(pod.process().statistics())
                : Optional.empty();
    }

    @Override
    public List<KernelContainer> containers() {
        var pod = running;
        if (pod == null || !pod.process().isAlive()) {
            return List.of();
        }
        // A daemon may have died before it had put it there.
        tools.joinCgroup(pod.process().identity().pid());
        try {
            return found(pod);
        } catch (RuntimeException e) {
            containers.values().forEach(QuarkContainer::letGo);
            throw e;
        }
    }

    private List<KernelContainer> found(QuarkPod pod) {
        var found = new ArrayList<KernelContainer>();
        for (var id : tools.places().containers()) {
            var record = new ProcessRecord(tools.places().container(id));
            if (record.isComplete()) {
                var container = container(id, record, pod);
                container.find();
                found.add(container);
            } else {
                remove(id, record);
            }
        }
        return found;
    }

    /** Its limits are those of its cgroup. */
    @Override
    public void update(PodResources resources) {}

    @Override
    public void stop() {
        stopping = true;
        var pod = running;
        tools.processes()
                .kill(
                        pod == null
                                ? Optional.<ProcessIdentity>empty()
                                : Optional.of(pod.process().identity()));
        if (pod != null) {
            // Whoever waits for a container is told before it is let go of.
            pod.process().ended();
        }
        letGo();
        exit.complete(new ExitStatus(0, InstantSource.system().instant()));
    }

    /** Lets go of the process, which lives on. */
    void letGo() {
        containers.values().forEach(QuarkContainer::letGo);
        var pod = running;
        if (pod != null) {
            pod.close();
        }
    }

    @Override
    public void close() {
        stop();
        if (tools.places().exist()) {
            tools.blocking("remove the files of a sandbox", tools.places()::remove);
        }
        tools.host().close();
        onClose.run();
    }
}
