// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.ports.PortForwards;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestMachine;
import io.silica.vmm.agent.GuestPorts;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineEnd;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A pod in a machine of its own: the boundary is the machine, and ends with it. */
final class VmmSandbox implements Sandbox {
    /** What {@code sandboxctl boot-report} looks for. */
    private static final String BOOT = "boot";

    private static final Duration KILL_PATIENCE = Duration.ofSeconds(2);
    private static final Duration QUIT_PATIENCE = Duration.ofSeconds(1);

    private final PodTools pod;
    private final Agent agent;
    private final GuestMachine guest;
    private final Runnable onClose;
    private final Exit exit = new Exit();
    private final MachineStart machineStart;
    private final PodContainers containers;
    private volatile @Nullable Machine machine;
    private volatile Optional<PortForwards> ports = Optional.empty();
    private volatile boolean stopping;

    /**
     * Preconditions: its places are there.
     *
     * @param found the machine, if an earlier life of the daemon has booted it
     * @param identity what that life said of it
     * @param onClose called at each {@link #close}
     */
    VmmSandbox(
            PodTools pod, Optional<Machine> found, Map<String, String> identity, Runnable onClose) {
        this.pod = pod;
        this.onClose = onClose;
        this.agent =
                Agent.listen(
                        pod.places().agent(),
                        pod.places().agentInMaking(),
                        pod.spec().id(),
                        pod.places().nextSession());
        this.guest = new GuestMachine(agent);
        this.machineStart = new MachineStart(pod, agent, guest, identity.getOrDefault(BOOT, ""));
        this.containers = new PodContainers(pod, agent, guest);
        found.ifPresent(this::runs);
    }

    @Override
    public synchronized int start() {
        var running = machine;
        if (running == null) {
            running = machineStart.boot();
            runs(running);
        }
        try {
            machineStart.makeThePods(running);
            return running.pid();
        } catch (SandboxException e) {
            stop();
            throw e;
        }
    }

    private void runs(Machine started) {
        machine = started;
        started.exit()
                .onExit(status -> {
                    var why = started.end().map(MachineEnd::words).orElse("it has ended");
                    Thread.ofVirtual()
                            .name("end of " + pod.spec().id())
                            .start(() -> ended(status, why));
                });
        ports =
                pod.network()
                        .namespace(pod.spec())
                        .flatMap(it ->
                                PortForwards.open(
                                        it, new GuestPorts(agent), pod.poller(), pod.ports()));
    }

    /** The containers' ends are told by their own threads. */
    private void ended(ExitStatus status, String why) {
        agent.end("sandbox \"%s\" has ended: %s".formatted(pod.spec().id(), why));
        exit.complete(stopping ? new ExitStatus(0, status.at()) : status);
    }

    @Override
    public Exit exit() {
        return exit;
    }

    private Machine running() {
        var running = machine;
        if (running == null || running.exit().status().isPresent()) {
            throw new SandboxException.WrongState(
                    "sandbox \"%s\" does not run".formatted(pod.spec().id()));
        }
        return running;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        return containers.create(running(), config, observer);
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        var running = machine;
        return running == null || running.exit().status().isPresent()
                ? List.of()
                : new FormerContainers(pod, agent, guest, running, containers).adopt(former);
    }

    @Override
    public void stop() {
        stopping = true;
        var running = machine;
        if (running != null) {
            if (running.exit().status().isEmpty()) {
                powerOff(running);
            }
            running.quit(QUIT_PATIENCE);
            // Whoever waits for a container is told before it is let go of.
            ended(new ExitStatus(0, InstantSource.system().instant()), "it was stopped");
            containers.awaitEnd();
        }
        agent.end("sandbox \"%s\" was stopped".formatted(pod.spec().id()));
        exit.complete(new ExitStatus(0, InstantSource.system().instant()));
    }

    /** A guest that does not answer, or does not want to, ends all the same. */
    private void powerOff(Machine running) {
        if (!agent.isAttached()) {
            return;
        }
        // All that is asked of it meanwhile shares one time.
        long end = System.nanoTime() + KILL_PATIENCE.toNanos();
        try {
            containers.kill(end);
            long left = end - System.nanoTime();
            if (left > 0) {
                guest.powerOff(Duration.ZERO, Duration.ofNanos(left));
                awaitEnd(running);
            }
        } catch (SandboxException _) {
            // By force, then.
        }
    }

    private void awaitEnd(Machine running) {
        var over = new CountDownLatch(1);
        try (var _ = running.exit().onExit(_ -> over.countDown())) {
            var _ = over.await(pod.config().stopGrace().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a guest powers off");
        }
    }

    /** What the guest as a whole uses; what its machine takes on the host, its cgroup tells. */
    @Override
    public Statistics statistics() {
        return guest.statistics(InstantSource.system().instant());
    }

    /** What the pod may use is the limit of its cgroup, which is the server's. */
    @Override
    public void update(PodResources resources) {}

    @Override
    public Map<String, String> identity() {
        return Map.of("hypervisor", pod.hypervisor().name(), BOOT, machineStart.report());
    }

    /** Lets go of the machine, which lives on. */
    void letGo() {
        containers.letGo();
        ports.ifPresent(PortForwards::close);
        agent.close();
        var running = machine;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        stop();
        letGo();
        pod.run(
                "remove the files of sandbox \"%s\"".formatted(pod.spec().id()),
                () -> {
                    pod.hypervisor().remove(pod.places().machine());
                    pod.places().share().remove();
                    pod.places().remove();
                });
        pod.names().removeAll(pod.parking());
        pod.host().close();
        onClose.run();
    }

    @Override
    public String toString() {
        return "sandbox \"" + pod.spec().id() + '"';
    }
}
