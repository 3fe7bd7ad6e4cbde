// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.quark.QuarkConfig;
import io.silica.appkernel.quark.QuarkInstallation;
import io.silica.appkernel.quark.QuarkKernel;
import io.silica.appkernel.quark.SandboxesBehindTheDaemon;
import io.silica.appkernel.quark.StandIn;
import io.silica.sandbox.Sandboxer;
import io.silica.server.config.LimitsConfig;
import io.silica.server.contract.KindUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This kind on what stands in for Quark, as the contracts see it; on Quark itself where the
 * environment names it.
 */
public final class QuarkKind implements KindUnderTest {
    private static final Optional<Path> REAL =
            Optional.ofNullable(System.getenv("SILICA_QUARK")).map(Path::of);

    private final List<Path> states = new ArrayList<>();
    private Optional<StandIn> standIn = Optional.empty();

    /** Whether there is all that tests with it need. */
    public static boolean isUsable() {
        return Files.isExecutable(GvisorPrograms.BUSYBOX)
                && Files.isExecutable(StandIn.PROGRAM)
                && System.getProperty("user.name").equals("root");
    }

    /** A kernel that keeps its pods' files there. */
    public static QuarkKernel kernel(StandIn standIn, Path state) {
        return kernel(standIn.config(state));
    }

    private static QuarkKernel kernel(QuarkConfig config) {
        return new QuarkKernel(config, AppKernelDaemon.hostCalls(LimitsConfig.DEFAULT));
    }

    private static QuarkConfig real(Path program, Path state) {
        return new QuarkConfig(
                program, QuarkInstallation.STANDARD, state, QuarkConfig.USUAL_PATIENCE);
    }

    @Override
    public Sandboxer sandboxer(Path state) {
        states.add(state);
        var program = standIn.orElseGet(() -> new StandIn(state.resolveSibling("quark")));
        standIn = Optional.of(program);
        return new AppKernelSandboxer(
                REAL.map(it -> kernel(real(it, state))).orElseGet(() -> kernel(program, state)));
    }

    @Override
    public void fill(Path rootfs) throws IOException {
        new GvisorKind().fill(rootfs);
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
        return false;
    }

    @Override
    public boolean sandboxesOutliveTheirAgent() {
        return false;
    }

    @Override
    public List<String> containers() {
        return behind().containers();
    }

    @Override
    public int end(String container) {
        return behind().end(container);
    }

    @Override
    public void killAgents() {
        behind().kill();
    }

    private SandboxesBehindTheDaemon behind() {
        return new SandboxesBehindTheDaemon(states.getLast());
    }

    @Override
    public void cleanUp() {
        states.forEach(state -> new SandboxesBehindTheDaemon(state).kill());
        assertThat(standIn.map(StandIn::complaints).orElse(List.of())).isEmpty();
    }
}
