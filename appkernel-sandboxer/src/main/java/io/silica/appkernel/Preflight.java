// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorKernel;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.linux.FileTree;
import io.silica.sandbox.SandboxException;
import io.silica.server.cli.CheckCommand;
import io.silica.server.cli.Finding;
import io.silica.server.cli.Findings;
import io.silica.server.config.Config;
import io.silica.server.config.ConfigFiles;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks for what pods need on this machine, without a daemon: {@code sandboxctl check --kind
 * appkernel}. The last thing that it looks at is whether runsc works, which takes some seconds, and
 * is left out where it cannot.
 */
final class Preflight {
    private final GvisorConfig config;
    private final String path;
    private final boolean root;
    private final Findings findings = new Findings();

    /**
     * @param config what the daemon would be given, with directories of its own
     * @param path the directories of programs
     * @param root whether we are root
     */
    Preflight(GvisorConfig config, String path, boolean root) {
        this.config = config;
        this.path = path;
        this.root = root;
    }

    /** The command that shows all of it. */
    static CheckCommand command(PrintStream out, PrintStream err) {
        return new CheckCommand(
                AppKernelSandboxer.KIND, List.of(QuarkPreflight.BOOT), Preflight::look, out, err);
    }

    private static List<Finding> look(ConfigFiles files, Set<String> flags) {
        var options =
                Config.load(
                                files,
                                List.of(),
                                reader -> {
                                    DaemonConfig.read(reader, AppKernelSandboxer.KIND);
                                    return AppKernelConfig.read(reader);
                                })
                        .value();
        try {
            var scratch = Files.createTempDirectory("silica-check");
            try {
                return look(options, flags, scratch);
            } finally {
                // It was made for this alone; no link is followed.
                FileTree.remove(scratch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel that is not the usual one is looked at if it is there. */
    private static List<Finding> look(AppKernelConfig options, Set<String> flags, Path scratch) {
        boolean root = System.getProperty("user.name").equals("root");
        boolean usual = options.usual() == KernelName.GVISOR;
        var findings = new ArrayList<Finding>();
        if (usual || Files.exists(options.gvisor().program())) {
            var config =
                    AppKernelDaemon.config(
                            options.gvisor(), scratch.resolve("gvisor"), scratch.resolve("probed"));
            findings.addAll(
                    new Preflight(config, System.getenv().getOrDefault("PATH", ""), root)
                            .findings());
        }
        var quark = AppKernelDaemon.config(options.quark(), scratch.resolve("quark"));
        findings.addAll(
                new QuarkPreflight(quark, !usual, root, flags.contains(QuarkPreflight.BOOT))
                        .findings());
        return List.copyOf(findings);
    }

    /** Everything, in order. */
    List<Finding> findings() {
        findings.root(root);
        findings.program(
                "runsc",
                config.program(),
                "install runsc 0.0~20240729.0-4~bpo12+2 of bookworm-backports (not that of forky or sid, which panics),"
                        + " or name another in gvisor.program");
        findings.onPath("unshare", path, "install the package util-linux");
        findings.onPath("mount", path, "install the package mount");
        findings.program(
                "pod-init",
                config.podRoot().resolve("pod-init"),
                "copy the distribution as a whole");
        findings.program("pod-terminal", config.terminal(), "copy the distribution as a whole");
        findings.file("terminals", Path.of("/dev/ptmx"), "mount a devpts");
        findings.cgroups();
        if (config.platform() == GvisorPlatform.KVM) {
            findings.file("kvm", Path.of("/dev/kvm"), "choose gvisor.platform = \"systrap\"");
        }
        if (findings.ok()) {
            trial();
        }
        return findings.all();
    }

    private void trial() {
        try (var kernel =
                new GvisorKernel(config, AppKernelDaemon.hostCalls(LimitsConfig.DEFAULT))) {
            kernel.probe();
            findings.add("trial", true, "it starts processes for three seconds", "");
        } catch (SandboxException e) {
            findings.add(
                    "trial",
                    false,
                    String.valueOf(e.getMessage()),
                    "take another version of runsc, or another gvisor.platform: docs/appkernel.md");
        }
    }
}
