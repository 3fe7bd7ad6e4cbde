// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorKernel;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.SandboxException;
import io.silica.server.config.LimitsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks for what pods need on this machine, without a daemon. The last thing that it looks at is
 * whether runsc works, which takes some seconds, and is left out where it cannot.
 */
final class Preflight {
    private final GvisorConfig config;
    private final String path;
    private final boolean root;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * One thing that was looked for.
     *
     * @param name what
     * @param ok whether pods can be run with it
     * @param found what was found instead, or where
     * @param advice what to do; empty if nothing
     */
    record Finding(String name, boolean ok, String found, String advice) {}

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

    /** Everything, in order. */
    List<Finding> findings() {
        add(
                "root",
                root,
                root ? "we are" : "we are not",
                "run it, and the daemon, as root: pods get mounts, namespaces and cgroups");
        program(
                "runsc",
                config.program(),
                "install runsc 0.0~20240729.0-4~bpo12+2 of bookworm-backports (not that of forky or sid, which panics),"
                        + " or name another in gvisor.program");
        onPath("unshare", "install the package util-linux");
        onPath("mount", "install the package mount");
        program(
                "pod-init",
                config.podRoot().resolve("pod-init"),
                "copy the distribution as a whole");
        program("pod-terminal", config.terminal(), "copy the distribution as a whole");
        terminals();
        cgroups();
        if (config.platform() == GvisorPlatform.KVM) {
            file("kvm", Path.of("/dev/kvm"), "choose gvisor.platform = \"systrap\"");
        }
        if (findings.stream().allMatch(Finding::ok)) {
            trial();
        }
        return List.copyOf(findings);
    }

    private void program(String name, Path program, String advice) {
        boolean there = Files.isRegularFile(program) && Files.isExecutable(program);
        add(name, there, there ? program.toString() : "there is none at " + program, advice);
    }

    private void file(String name, Path file, String advice) {
        boolean there = Files.exists(file);
        add(name, there, there ? file.toString() : "there is no " + file, advice);
    }

    private void onPath(String name, String advice) {
        var found =
                Arrays.stream(path.split(":", 0))
                        .map(it -> Path.of(it, name))
                        .filter(Files::isExecutable)
                        .findFirst();
        add(name, found.isPresent(), found.map(Path::toString).orElse("not on the PATH"), advice);
    }

    private void terminals() {
        file("terminals", Path.of("/dev/ptmx"), "mount a devpts");
    }

    private void cgroups() {
        try {
            var hierarchies = Hierarchies.detect();
            boolean ok =
                    hierarchies.mode() != Hierarchies.Mode.NONE
                            && Stream.concat(
                                            hierarchies.v1().values().stream(),
                                            hierarchies.unified().stream())
                                    .allMatch(Files::isWritable);
            add(
                    "cgroups",
                    ok,
                    ok ? "version " + hierarchies.mode() : "there are none that can be written to",
                    "mount the cgroups of this machine: without them no limit of a pod holds");
        } catch (IOException e) {
            add("cgroups", false, String.valueOf(e.getMessage()), "mount those of this machine");
        }
    }

    private void trial() {
        try (var kernel =
                new GvisorKernel(config, AppKernelDaemon.hostCalls(LimitsConfig.DEFAULT))) {
            kernel.probe();
            add("trial", true, "it starts processes for three seconds", "");
        } catch (SandboxException e) {
            add(
                    "trial",
                    false,
                    String.valueOf(e.getMessage()),
                    "take another version of runsc, or another gvisor.platform: docs/appkernel.md");
        }
    }

    private void add(String name, boolean ok, String found, String advice) {
        findings.add(new Finding(name, ok, found, ok ? "" : advice));
    }
}
