// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.ports.PortRoom;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** gVisor: a sentry for each pod, by way of runsc. */
public final class GvisorKernel implements AppKernel {
    private static final System.Logger LOG = System.getLogger(GvisorKernel.class.getName());

    private final GvisorConfig config;
    private final HostCalls.Factory host;
    private final Poller poller;
    private final PortRoom ports = new PortRoom();
    private final Orphans orphans;
    private final Runsc runsc;
    private final Probe probe;
    private final NetworkClaims networks = new NetworkClaims();
    private final Optional<Hierarchies> cgroups;
    private final Object making = new Object();
    private final Map<SandboxId, GvisorSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * Starts nothing yet. From now on this process is the parent of orphans among its descendants.
     *
     * @param host for calls that can block
     */
    public GvisorKernel(GvisorConfig config, HostCalls.Factory host) {
        this.config = config;
        this.host = host;
        this.poller = Poller.start("gvisor-poller");
        this.orphans = new Orphans(poller);
        this.runsc = new Runsc(config, poller, orphans);
        this.probe = new Probe(config, runsc, poller);
        this.cgroups = Hierarchies.present();
    }

    @Override
    public String name() {
        return "gvisor";
    }

    @Override
    public void probe() {
        probe.require();
    }

    @Override
    public KernelSandbox prepare(SandboxSpec spec) {
        return prepare(spec, false);
    }

    /**
     * @param networkTaken whether a beginning that failed may have taken its addresses: then this
     *     one has got as far as to be of no use
     */
    private KernelSandbox prepare(SandboxSpec spec, boolean networkTaken) {
        var network = network(spec);
        var places = PodPlaces.of(config.directory(), spec.id());
        OwnFiles.directoryIfMissing(config.directory());
        synchronized (making) {
            clear(places);
            places.create(spec.id(), network, networkTaken);
        }
        return sandbox(spec, places);
    }

    private GvisorNetwork network(SandboxSpec spec) {
        if (spec.network() instanceof SandboxNetwork.Namespace) {
            return config.network();
        }
        if (config.hostNetwork() == HostNetwork.REFUSE) {
            throw new SandboxException.Unsupported(
                    "sandbox \"%s\" asks for the host's network, which gvisor.host-network = \"refuse\" keeps from pods"
                            .formatted(spec.id()));
        }
        return GvisorNetwork.HOST;
    }

    /** That of a sandbox which an earlier version made was always so. */
    private static GvisorNetwork usualNetwork(SandboxSpec spec) {
        return spec.network() instanceof SandboxNetwork.Namespace
                ? GvisorNetwork.SANDBOX
                : GvisorNetwork.HOST;
    }

    private GvisorSandbox sandbox(SandboxSpec spec, PodPlaces places) {
        var tools =
                new PodTools(
                        spec,
                        places,
                        runsc,
                        host.of(spec.id()),
                        config,
                        places.network().orElseGet(() -> usualNetwork(spec)),
                        networks,
                        cgroups,
                        poller,
                        ports,
                        orphans);
        var sandbox = new GvisorSandbox(tools, () -> sandboxes.remove(spec.id()));
        sandboxes.put(spec.id(), sandbox);
        return sandbox;
    }

    /** Ends and removes what may be there. */
    private void clear(PodPlaces places) {
        if (places.exist()) {
            new PodProcesses(places.directory(), poller).kill();
            places.remove();
        }
    }

    @Override
    public Optional<KernelSandbox> find(SandboxSpec spec, boolean started) {
        var places = PodPlaces.of(config.directory(), spec.id());
        if (places.exist()) {
            var sandbox = sandbox(spec, places);
            if (places.areOf(spec.id()) && isFound(sandbox)) {
                return Optional.of(sandbox);
            }
            boolean networkTaken = Files.exists(places.networkTaken());
            sandbox.close();
            return started ? Optional.empty() : Optional.of(prepare(spec, networkTaken));
        }
        return started ? Optional.empty() : Optional.of(prepare(spec));
    }

    private static boolean isFound(GvisorSandbox sandbox) {
        try {
            return sandbox.find();
        } catch (UncheckedIOException e) {
            LOG.log(Level.ERROR, "a sandbox is ended, because of what is written down about it", e);
            return false;
        }
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        PodPlaces.all(config.directory()).forEach(places -> endStranger(places, known));
    }

    private void endStranger(PodPlaces places, Predicate<SandboxId> known) {
        // What is being made has no owner yet.
        synchronized (making) {
            if (places.owner().filter(known).isEmpty()) {
                LOG.log(
                        Level.INFO,
                        "ending what is left in {0}, which no record knows",
                        places.directory());
                clear(places);
            }
        }
    }

    @Override
    public void close() {
        sandboxes.values().forEach(GvisorSandbox::letGo);
        poller.close();
        orphans.close();
    }
}
