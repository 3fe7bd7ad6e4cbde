// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.ports.PortRoom;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.vmm.hypervisor.Hypervisor;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.network.PodNetwork;
import io.silica.vmm.stdio.ParkedNames;
import io.silica.vmm.stdio.Parking;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The kind {@code vmm}: each pod is a virtual machine. */
final class VmmSandboxer implements Sandboxer {
    static final String KIND = "vmm";

    private static final System.Logger LOG = System.getLogger(VmmSandboxer.class.getName());

    private final VmmConfig config;
    private final Hypervisor hypervisor;
    private final PodNetwork network;
    private final Parking parking;
    private final HostCalls.Factory host;
    private final Poller poller = Poller.start("vmm-streams");
    private final PortRoom ports = new PortRoom();
    private final Optional<Hierarchies> cgroups = Hierarchies.present();
    private final Object making = new Object();
    private final Map<SandboxId, VmmSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * @param hypervisor what machines run on; its owner is this
     * @param parking what keeps FIFOs open when the daemon dies
     * @param host for calls that can block
     */
    VmmSandboxer(
            VmmConfig config,
            Hypervisor hypervisor,
            PodNetwork network,
            Parking parking,
            HostCalls.Factory host) {
        this.config = config;
        this.hypervisor = hypervisor;
        this.network = network;
        this.parking = parking;
        this.host = host;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        hypervisor.check();
        network.check(spec);
        // Before anything is made: a machine that does not fit is refused.
        var _ = GuestSize.of(spec, config.size());
        OwnFiles.directoryIfMissing(config.directory());
        var places = PodPlaces.of(config.directory(), spec.id());
        synchronized (making) {
            clear(places);
            places.create(spec.id());
        }
        return sandbox(spec, places, Optional.empty(), Map.of());
    }

    /** What is there of a pod ends and goes. */
    private void clear(PodPlaces places) {
        if (places.exist()) {
            hypervisor.remove(places.machine());
            places.share().remove();
            places.remove();
        }
    }

    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        var places = PodPlaces.of(config.directory(), spec.id());
        var found =
                places.owner().filter(spec.id()::equals).isPresent()
                        ? hypervisor.find(places.machine())
                        : Optional.<Machine>empty();
        if (found.isPresent()) {
            return Optional.of(sandbox(spec, places, found, identity));
        }
        clear(places);
        if (started) {
            ParkedNames.of(spec.id()).removeAll(parking);
            return Optional.empty();
        }
        return Optional.of(create(spec));
    }

    private VmmSandbox sandbox(
            SandboxSpec spec,
            PodPlaces places,
            Optional<Machine> machine,
            Map<String, String> identity) {
        var names = ParkedNames.of(spec.id());
        var pod =
                new PodTools(
                        spec,
                        places,
                        config,
                        hypervisor,
                        network,
                        host.of(spec.id()),
                        poller,
                        parking,
                        names,
                        ports,
                        cgroups);
        var made = new VmmSandbox(pod, machine, identity, () -> sandboxes.remove(spec.id()));
        sandboxes.put(spec.id(), made);
        return made;
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        for (var places : PodPlaces.all(config.directory())) {
            // What is being made has no record yet.
            synchronized (making) {
                if (places.owner().filter(it -> known.test(it) || isOurs(it)).isEmpty()) {
                    LOG.log(
                            System.Logger.Level.INFO,
                            "ending what is left in {0}, which no record knows",
                            places.directory());
                    clear(places);
                }
            }
        }
        removeStrangeNames();
    }

    private boolean isOurs(SandboxId id) {
        return sandboxes.containsKey(id);
    }

    private void removeStrangeNames() {
        var prefixes =
                PodPlaces.all(config.directory()).stream()
                        .flatMap(it -> it.owner().stream())
                        .map(it -> ParkedNames.of(it).prefix())
                        .collect(Collectors.toSet());
        parking.names().stream()
                .filter(name -> prefixes.stream().noneMatch(name::startsWith))
                .forEach(parking::remove);
    }

    @Override
    public void close() {
        // Each tells its guest, and one that hangs is waited for.
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            sandboxes.values().forEach(it -> each.execute(it::letGo));
        }
        hypervisor.close();
        network.close();
        poller.close();
    }
}
