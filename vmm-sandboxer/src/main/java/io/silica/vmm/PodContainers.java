// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.ByteString;
import io.silica.proto.guest.GuestContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestMachine;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.storage.GuestSpec;
import io.silica.vmm.storage.PodShare;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The containers of a pod: made on both sides, and known until they are deleted. */
final class PodContainers {
    private static final Duration GIVEN_UP_WITHIN = Duration.ofSeconds(10);

    private final PodTools pod;
    private final Agent agent;
    private final GuestMachine guest;
    private final Map<ContainerId, VmmContainer> byId = new ConcurrentHashMap<>();

    PodContainers(PodTools pod, Agent agent, GuestMachine guest) {
        this.pod = pod;
        this.agent = agent;
        this.guest = guest;
    }

    /** Makes one in the guest. */
    Container create(Machine running, ContainerConfig config, ContainerObserver observer) {
        var task = new GuestTask(agent, config.id(), Optional.empty());
        var spec = GuestSpec.of(config);
        var share = pod.places().share();
        try {
            var mounts = pod.call("show the files of " + task.name(), () -> share.add(config));
            pod.places().writeProcess(config.id(), GuestSpec.process(config));
            var described =
                    GuestContainer.newBuilder()
                            .setSpec(ByteString.copyFrom(spec))
                            .setRootfs(PodShare.rootfs(config.id()))
                            .setWritableBytes(pod.config().writableBytes())
                            .addAllMounts(mounts)
                            .build();
            var process =
                    VmmProcess.create(
                            pod,
                            agent,
                            running,
                            task,
                            config.stdio(),
                            () -> task.create(described, config.stdio()));
            return add(running, config.id(), process, observer);
        } catch (SandboxException.TimedOut
                | SandboxException.Unavailable
                | SandboxException.Cancelled e) {
            giveUp(task, e);
            release(config.id());
            throw e;
        } catch (SandboxException e) {
            release(config.id());
            throw e;
        }
    }

    /** The guest may make it all the same: it has to be gone before its files are. */
    private static void giveUp(GuestTask task, SandboxException failure) {
        try {
            task.discard(GIVEN_UP_WITHIN);
        } catch (SandboxException e) {
            failure.addSuppressed(e);
        }
    }

    /** Adds one that the guest has. */
    VmmContainer add(Machine running, ContainerId id, VmmProcess init, ContainerObserver observer) {
        var made = new VmmContainer(pod, agent, running, id, init);
        init.onOutOfMemory(() -> hasRunOutOfMemory(id), observer);
        init.onDelete(() -> {
            made.letGo();
            release(id);
            byId.remove(id);
        });
        byId.put(id, made);
        init.begin();
        return made;
    }

    /** Takes away what the host has of one. */
    void release(ContainerId id) {
        pod.run(
                "take away the files of container \"%s\"".formatted(id),
                () -> pod.places().share().remove(id));
        pod.places().removeProcess(id);
    }

    private boolean hasRunOutOfMemory(ContainerId id) {
        return guest.containers().stream()
                .filter(it -> it.getId().equals(id.value()))
                .flatMap(it -> it.getProcessesList().stream())
                .anyMatch(it -> it.getExecId().isEmpty() && it.getOomKilled());
    }

    /**
     * Ends by force those of them that the guest ends within the time: one that it does not end
     * keeps no other from its end.
     *
     * @param end of the time for all of it, by {@link System#nanoTime}
     */
    void kill(long end) {
        for (var container : byId.values()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            try {
                container.kill(Duration.ofNanos(left));
            } catch (SandboxException _) {
                // It ends with its machine.
            }
        }
    }

    /** Waits until the ends of all processes are told, which have come. */
    void awaitEnd() {
        byId.values().forEach(VmmContainer::awaitEnd);
    }

    /** Lets go of one, if it is known; it lives on. */
    void letGo(ContainerId id) {
        var known = byId.get(id);
        if (known != null) {
            known.letGo();
        }
    }

    /** Lets go of all of them; they live on. */
    void letGo() {
        byId.values().forEach(VmmContainer::letGo);
    }
}
