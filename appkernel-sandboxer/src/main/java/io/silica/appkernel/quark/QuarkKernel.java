// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.Subreaper;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Quark: a virtual machine for each pod, by way of the command {@code quark}. */
public final class QuarkKernel implements AppKernel {
    private static final System.Logger LOG = System.getLogger(QuarkKernel.class.getName());

    /** Its name, which a runtime handler may ask for it by. */
    public static final String NAME = "quark";

    private final QuarkConfig config;
    private final HostCalls.Factory host;
    private final Poller poller;
    private final Optional<Hierarchies> cgroups;
    private final Object making = new Object();
    private final Map<SandboxId, QuarkSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * Starts nothing yet. From now on this process is the parent of orphans among its descendants.
     *
     * @param host for calls that can block
     */
    public QuarkKernel(QuarkConfig config, HostCalls.Factory host) {
        this.config = config;
        this.host = host;
        this.poller = Poller.start("quark-poller");
        this.cgroups = Hierarchies.present();
        Subreaper.enable();
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Looks each time: it takes no time, and what is missing may have come. */
    @Override
    public void probe() {
        for (var finding : config.installation().look(config.program())) {
            if (!finding.ok()) {
                throw new SandboxException.Unavailable(
                        "Quark does not work here: %s: %s; %s"
                                .formatted(finding.name(), finding.found(), finding.advice()));
            }
        }
    }

    @Override
    public KernelSandbox prepare(SandboxSpec spec) {
        var places = QuarkPlaces.of(config.directory(), spec.id());
        OwnFiles.directoryIfMissing(config.directory());
        synchronized (making) {
            clear(places);
            places.create(spec.id());
        }
        return sandbox(spec, places);
    }

    private QuarkSandbox sandbox(SandboxSpec spec, QuarkPlaces places) {
        var tools = new QuarkTools(spec, places, config, host.of(spec.id()), cgroups, poller);
        var sandbox = new QuarkSandbox(tools, () -> sandboxes.remove(spec.id()));
        sandboxes.put(spec.id(), sandbox);
        return sandbox;
    }

    /** Ends and removes what may be there. */
    private void clear(QuarkPlaces places) {
        if (places.exist()) {
            new PodProcesses(places.directory(), poller).kill(SandboxProcess.load(places));
            places.remove();
        }
    }

    @Override
    public Optional<KernelSandbox> find(SandboxSpec spec, boolean started) {
        var places = QuarkPlaces.of(config.directory(), spec.id());
        if (places.exist()) {
            var sandbox = sandbox(spec, places);
            if (sandbox.find()) {
                return Optional.of(sandbox);
            }
            sandbox.close();
        }
        return started ? Optional.empty() : Optional.of(prepare(spec));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        QuarkPlaces.all(config.directory()).forEach(places -> endStranger(places, known));
    }

    private void endStranger(QuarkPlaces places, Predicate<SandboxId> known) {
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
        sandboxes.values().forEach(QuarkSandbox::letGo);
        poller.close();
    }
}
