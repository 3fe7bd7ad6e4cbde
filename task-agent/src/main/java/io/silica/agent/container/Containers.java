// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.agent.container.ProcessStreams.Wanted;
import io.silica.linux.Poller;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All containers of this machine, those that have ended included, until they are deleted. */
public final class Containers {
    private final GuestPaths paths;
    private final Crun crun;
    private final Reaper reaper;
    private final Poller poller;
    private final BlockingCalls blocking;
    private final SharedDirectory share;
    private final Map<String, GuestContainer> byId = new ConcurrentHashMap<>();

    public Containers(GuestPaths paths, Reaper reaper, Poller poller, BlockingCalls blocking) {
        this.paths = paths;
        this.crun = new Crun(paths.crun(), paths.crunState(), reaper);
        this.reaper = reaper;
        this.poller = poller;
        this.blocking = blocking;
        this.share = new SharedDirectory(paths.share());
    }

    /** Those that are there now. */
    public List<GuestContainer> all() {
        return List.copyOf(byId.values());
    }

    /**
     * The one of that name.
     *
     * @throws SandboxException.NotFound if there is none
     */
    public GuestContainer get(String id) {
        var container = byId.get(id);
        if (container == null) {
            throw new SandboxException.NotFound("there is no container \"" + id + "\"");
        }
        return container;
    }

    /**
     * Makes one.
     *
     * @return its first process
     * @throws SandboxException.AlreadyExists if the name is taken
     */
    public GuestProcess create(ContainerRequest request, PodFiles pod) {
        var id = new ContainerId(request.id()).value();
        var container = new GuestContainer(id, paths, crun, reaper, poller);
        return blocking.call(() -> {
            // Who deletes it waits until it is made.
            synchronized (container) {
                take(id, container);
                boolean made = false;
                try {
                    container.create(request, new SpecEditor(share, pod), share);
                    made = true;
                    return container.process("");
                } finally {
                    if (!made) {
                        byId.remove(id, container);
                    }
                }
            }
        });
    }

    private void take(String id, GuestContainer container) {
        if (byId.putIfAbsent(id, container) != null) {
            throw new SandboxException.AlreadyExists("container \"" + id + "\" exists already");
        }
    }

    /** Adds a process to one that runs. */
    public void exec(String id, String execId, String json, Wanted wanted) {
        get(id).exec(new ExecId(execId), json, wanted);
    }

    /** Starts a process. */
    public GuestProcess start(String id, String execId) {
        var container = get(id);
        return blocking.call(() -> {
            container.start(execId);
            return container.process(execId);
        });
    }

    /** Signals a process, or all. */
    public void signal(String id, String execId, Signal signal, boolean all) {
        get(id).signal(execId, signal, all);
    }

    /** Stops all processes, or lets them go on. */
    public void freeze(String id, boolean on) {
        var container = get(id);
        blocking.call(() -> {
            container.freeze(on);
            return true;
        });
    }

    /**
     * Takes a process out of sight; with the first one goes the container. One that is being made
     * is waited for.
     *
     * @return what it was
     */
    public GuestProcess delete(String id, String execId) {
        var container = get(id);
        return blocking.call(() -> {
            var deleted = container.delete(execId);
            if (execId.isEmpty()) {
                byId.remove(id, container);
            }
            return deleted;
        });
    }
}
