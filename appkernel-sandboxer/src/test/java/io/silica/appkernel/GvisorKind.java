// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorKernel;
import io.silica.appkernel.gvisor.GvisorNetwork;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.appkernel.gvisor.HostNetwork;
import io.silica.appkernel.gvisor.PodsBehindTheDaemon;
import io.silica.sandbox.Sandboxer;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.KindUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** This kind on gVisor, as the contracts see it. */
public final class GvisorKind implements KindUnderTest {
    private final SequencedSet<Path> states = new LinkedHashSet<>();

    /** A kernel that keeps its pods' files there. */
    public static GvisorKernel kernel(Path state) {
        return kernel(state, GvisorNetwork.SANDBOX, GvisorConfig.USUAL_PATIENCE);
    }

    /** The same with a network and a patience of its own. */
    public static GvisorKernel kernel(Path state, GvisorNetwork network, Duration patience) {
        return new GvisorKernel(
                new GvisorConfig(
                        GvisorPrograms.RUNSC,
                        GvisorPlatform.SYSTRAP,
                        network,
                        HostNetwork.SERVE,
                        GvisorPrograms.POD_ROOT,
                        GvisorPrograms.TERMINAL,
                        state,
                        GvisorPrograms.VERDICTS,
                        patience),
                AppKernelDaemon.hostCalls(LimitsConfig.DEFAULT));
    }

    @Override
    public Sandboxer sandboxer(Path state) {
        states.add(state);
        return new AppKernelSandboxer(kernel(state));
    }

    @Override
    public void fill(Path rootfs) throws IOException {
        var programs = Files.createDirectory(rootfs.resolve("bin"));
        Files.copy(GvisorPrograms.BUSYBOX, programs.resolve("busybox"));
        for (var name : List.of("sh", "sleep", "echo")) {
            Files.createSymbolicLink(programs.resolve(name), Path.of("busybox"));
        }
    }

    @Override
    public List<String> sleep() {
        return List.of("/bin/sleep", "100000");
    }

    @Override
    public List<String> exit(int code) {
        return List.of("/bin/sh", "-c", "exit " + code);
    }

    @Override
    public List<String> print(String line) {
        return List.of("/bin/echo", line);
    }

    @Override
    public boolean execs() {
        return true;
    }

    @Override
    public boolean pauses() {
        return true;
    }

    /** Each has a sentry of its own, and is the work of two commands and three processes. */
    @Override
    public int sandboxesAtOnce() {
        return 12;
    }

    @Override
    public boolean sandboxesOutliveTheirAgent() {
        return false;
    }

    @Override
    public List<String> containers() {
        return new PodsBehindTheDaemon(states.getLast()).containers();
    }

    /** A sentry keeps how a container ended, and not when. */
    @Override
    public boolean knowsWhenItEnded() {
        return false;
    }

    @Override
    public int end(String container) {
        return new PodsBehindTheDaemon(states.getLast()).end(container);
    }

    @Override
    public void killAgents() {
        new PodsBehindTheDaemon(states.getLast()).kill();
    }

    @Override
    public void cleanUp() {
        states.forEach(state -> new PodsBehindTheDaemon(state).kill());
    }
}
