// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.quark.QuarkConfig;
import io.silica.appkernel.quark.QuarkKernel;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.server.cli.Finding;
import io.silica.server.cli.Findings;
import io.silica.server.config.LimitsConfig;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for what pods on Quark need on this machine. */
final class QuarkPreflight {
    /** What asks for a boot among the arguments. */
    static final String BOOT = "--boot";

    private final QuarkConfig config;
    private final boolean usual;
    private final boolean root;
    private final boolean boot;
    private final Findings findings = new Findings();

    /**
     * @param config what the daemon would be given, with a directory of its own
     * @param usual whether pods get it that name no kernel
     * @param root whether we are root
     * @param boot whether to boot a sandbox, if all else is there
     */
    QuarkPreflight(QuarkConfig config, boolean usual, boolean root, boolean boot) {
        this.config = config;
        this.usual = usual;
        this.root = root;
        this.boot = boot;
    }

    /** Everything, in order. A Quark that nobody asks for need not be there. */
    List<Finding> findings() {
        if (!usual && !Files.exists(config.program())) {
            findings.add(
                    QuarkKernel.NAME,
                    true,
                    "there is none at " + config.program() + ": no pod can ask for it",
                    "");
            return findings.all();
        }
        if (usual) {
            findings.root(root);
            findings.cgroups();
        }
        config.installation()
                .look(config.program())
                .forEach(it -> findings.add(it.name(), it.ok(), it.found(), it.advice()));
        if (boot && root && findings.ok()) {
            boot();
        }
        return findings.all();
    }

    private void boot() {
        try (var kernel = new QuarkKernel(config, AppKernelDaemon.hostCalls(LimitsConfig.DEFAULT));
                var sandbox = kernel.prepare(spec())) {
            sandbox.start();
            findings.add("quark boot", true, "a sandbox boots and its task service answers", "");
        } catch (SandboxException e) {
            findings.add(
                    "quark boot",
                    false,
                    String.valueOf(e.getMessage()),
                    "look into %s; docs/appkernel.md says what was never tried"
                            .formatted(config.installation().logs()));
        }
    }

    private static SandboxSpec spec() {
        return new SandboxSpec(
                new SandboxId("silica-check"),
                new PodIdentity("silica-check", "silica", "check", 0),
                "",
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                QuarkKernel.NAME);
    }
}
