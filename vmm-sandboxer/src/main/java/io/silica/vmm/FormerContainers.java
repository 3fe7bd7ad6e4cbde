// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.proto.containerd.task.Status;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.GuestProcessState;
import io.silica.proto.guest.ProcessPhase;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestMachine;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Machine;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what an earlier life of the daemon made in a guest that has outlived it. */
final class FormerContainers {
    private static final System.Logger LOG = System.getLogger(FormerContainers.class.getName());

    /** A guest may list what it likes; what is more than this of it stays its own affair. */
    private static final int MOST_DISCARDED = 1000;

    private static final Duration DISCARD_PATIENCE = Duration.ofSeconds(30);

    private final PodTools pod;
    private final Agent agent;
    private final GuestMachine guest;
    private final Machine running;
    private final PodContainers containers;
    private final List<GuestTask> strangers = new ArrayList<>();

    /**
     * @param containers get to know those that are found
     */
    FormerContainers(
            PodTools pod,
            Agent agent,
            GuestMachine guest,
            Machine running,
            PodContainers containers) {
        this.pod = pod;
        this.agent = agent;
        this.guest = guest;
        this.running = running;
        this.containers = containers;
    }

    /** Those of them that the guest has; what it has beside them is ended, as far as it will. */
    List<AdoptedContainer> adopt(List<FormerContainer> former) {
        var wanted =
                former.stream()
                        .collect(Collectors.toMap(it -> it.id().value(), Function.identity()));
        var adopted = new LinkedHashMap<ContainerId, AdoptedContainer>();
        for (var found : guest.containers()) {
            var known = wanted.get(found.getId());
            if (known == null) {
                stranger(found);
            } else if (!adopted.containsKey(known.id())) {
                adopted.put(known.id(), adopted(found, known));
            }
        }
        discardStrangers();
        return List.copyOf(adopted.values());
    }

    private void stranger(GuestContainerState found) {
        try {
            strangers.add(new GuestTask(agent, new ContainerId(found.getId()), Optional.empty()));
        } catch (SandboxException.InvalidArgument _) {
            // No container of ours is called like this: it is the guest's own affair.
        }
    }

    /** Nothing that a guest does with them keeps the pod from what is known. */
    private void discardStrangers() {
        long end = System.nanoTime() + DISCARD_PATIENCE.toNanos();
        for (var stranger : strangers.subList(0, Math.min(strangers.size(), MOST_DISCARDED))) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                LOG.log(
                        Level.WARNING,
                        "sandbox {0} still has {1}, and perhaps more, which no record knows",
                        pod.spec().id(),
                        stranger.name());
                return;
            }
            discard(stranger, Duration.ofNanos(left));
        }
    }

    private void discard(GuestTask stranger, Duration patience) {
        try {
            stranger.discard(patience);
            if (stranger.execId().isEmpty()) {
                containers.release(stranger.container());
            }
        } catch (SandboxException e) {
            LOG.log(
                    Level.WARNING,
                    "sandbox {0} does not end {1}, which no record knows: {2}",
                    pod.spec().id(),
                    stranger.name(),
                    e.getMessage());
        }
    }

    private AdoptedContainer adopted(GuestContainerState found, FormerContainer former) {
        // An earlier try may have got so far.
        containers.letGo(former.id());
        var processes = new HashMap<String, GuestProcessState>();
        found.getProcessesList().forEach(it -> processes.put(it.getExecId(), it));
        var state =
                state(
                        new GuestTask(agent, former.id(), Optional.empty()),
                        processes.get(""),
                        former.init());
        var init = process(former.id(), Optional.empty(), former.init(), state);
        var container = containers.add(running, former.id(), init, former.observer());
        var execs = new HashMap<ExecId, AdoptedProcess>();
        processes.forEach((exec, process) -> {
            if (!exec.isEmpty()) {
                adoptExec(container, former, process)
                        .ifPresent(it -> execs.put(new ExecId(exec), it));
            }
        });
        return new AdoptedContainer(former.id(), container, state, execs);
    }

    private Optional<AdoptedProcess> adoptExec(
            VmmContainer container, FormerContainer former, GuestProcessState found) {
        ExecId exec;
        try {
            exec = new ExecId(found.getExecId());
        } catch (SandboxException.InvalidArgument _) {
            return Optional.empty();
        }
        var task = new GuestTask(agent, former.id(), Optional.of(exec));
        var known = former.execs().get(exec);
        if (known == null) {
            strangers.add(task);
            return Optional.empty();
        }
        var state = state(task, found, known);
        var process = process(former.id(), Optional.of(exec), known, state);
        return Optional.of(new AdoptedProcess(container.added(exec, process), state));
    }

    private VmmProcess process(
            ContainerId container,
            Optional<ExecId> exec,
            FormerProcess former,
            ProcessState state) {
        var task = new GuestTask(agent, container, exec);
        var known =
                state instanceof ProcessState.Stopped(ExitStatus status)
                        ? Optional.of(status)
                        : Optional.<ExitStatus>empty();
        return VmmProcess.find(pod, agent, running, task, former.stdio(), known);
    }

    /**
     * What is so with a process. One that has ended since the record was written is told as running
     * until its output is where containerd reads it.
     */
    private static ProcessState state(
            GuestTask task, @Nullable GuestProcessState found, FormerProcess former) {
        if (former.state() instanceof ProcessState.Stopped told) {
            return told;
        }
        var phase = found == null ? ProcessPhase.PROCESS_PHASE_STOPPED : found.getPhase();
        return switch (phase) {
            case PROCESS_PHASE_CREATED -> new ProcessState.Created();
            case PROCESS_PHASE_RUNNING, PROCESS_PHASE_UNSPECIFIED, UNRECOGNIZED ->
                    former.state() instanceof ProcessState.Paused paused
                                    && task.status() == Status.PAUSED
                            ? paused
                            : new ProcessState.Running();
            case PROCESS_PHASE_STOPPED -> new ProcessState.Running();
        };
    }
}
