// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A pod with a sentry of its own. */
final class GvisorSandbox implements KernelSandbox {
    private final PodTools tools;
    private final Runnable onClose;
    private final Exit exit = new Exit();
    private final Map<ContainerId, GvisorContainer> containers = new ConcurrentHashMap<>();
    private volatile @Nullable Sentry sentry;
    private volatile boolean stopping;

    /**
     * Preconditions: its places are there.
     *
     * @param onClose called at each {@link #close}
     */
    GvisorSandbox(PodTools tools, Runnable onClose) {
        this.tools = tools;
        this.onClose = onClose;
    }

    /**
     * Goes on with the sentry of an earlier life of the daemon.
     *
     * @return false if it is gone
     */
    boolean find() {
        var found = SentryRecord.load(tools.places()).flatMap(this::running);
        found.ifPresent(this::runs);
        return found.isPresent();
    }

    private Optional<Sentry> running(SentryRecord record) {
        return Sentry.find(record, tools.poller(), tools.orphans());
    }

    @Override
    public synchronized int start() {
        var running = sentry;
        if (running != null) {
            return running.pid();
        }
        try {
            PodPlaces.write(
                    tools.places().pod().resolve("config.json"),
                    Bundles.pod(tools.spec(), tools.config().podRoot(), "/pod-init"));
            tools.runsc().createPod(tools.places(), tools.network());
            // Before it has memory worth speaking of, and starts what guests run in.
            tools.joinCgroup();
            tools.runsc().startPod(tools.places(), tools.network());
            return found().pid();
        } catch (SandboxException e) {
            tools.processes().kill();
            throw e;
        }
    }

    private Sentry found() {
        var record = SentryRecord.ofRunsc(tools.places());
        record.save(tools.places());
        var found =
                running(record)
                        .orElseThrow(() ->
                                new SandboxException.Failed(
                                        "the sentry ended when it had just begun"));
        runs(found);
        return found;
    }

    private void runs(Sentry started) {
        sentry = started;
        started.death().onExit(this::ended);
    }

    private void ended(ExitStatus status) {
        exit.complete(stopping ? new ExitStatus(0, status.at()) : status);
    }

    @Override
    public int pid() {
        var running = sentry;
        return running == null ? 0 : running.pid();
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public KernelContainer create(ContainerConfig config) {
        var running = sentry;
        if (running == null || !running.isAlive()) {
            throw new SandboxException.WrongState(
                    "cannot create container \"%s\": its sandbox does not run"
                            .formatted(config.id()));
        }
        var place = tools.container(config.id());
        // What a daemon that died has left of it.
        place.remove();
        place.create(Bundles.container(config, tools.spec().network()), config.stdio());
        return container(config.id(), running);
    }

    private GvisorContainer container(ContainerId id, Sentry running) {
        var made = new GvisorContainer(id, tools, running, () -> containers.remove(id));
        containers.put(id, made);
        return made;
    }

    @Override
    public List<KernelContainer> containers() {
        var running = sentry;
        if (running == null || !running.isAlive()) {
            return List.of();
        }
        tools.processes().awaitCommands();
        var found = new ArrayList<KernelContainer>();
        for (var id : tools.places().containers()) {
            if (tools.container(id).isComplete()) {
                var container = container(id, running);
                container.find();
                found.add(container);
            } else {
                tools.container(id).remove();
            }
        }
        return found;
    }

    @Override
    public void stop() {
        stopping = true;
        tools.processes().kill();
        tools.orphans().awaitGuests();
        var ended = sentry;
        if (ended != null) {
            // Whoever waits for a container is told before it is let go of.
            ended.ended();
        }
        letGo();
        exit.complete(new ExitStatus(0, InstantSource.system().instant()));
    }

    /** Lets go of the sentry, which lives on. */
    synchronized void letGo() {
        containers.values().forEach(GvisorContainer::letGo);
        var running = sentry;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        stop();
        // Where the path of the pod's directory is too long, runsc has put its socket elsewhere.
        SentryRecord.load(tools.places()).ifPresent(SentryRecord::removeSocket);
        if (Files.exists(tools.places().directory())) {
            tools.places().remove();
        }
        tools.host().close();
        onClose.run();
    }
}
