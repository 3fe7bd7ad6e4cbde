// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.cgroup.Limits;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.server.config.LimitsConfig;
import io.silica.wasm.engine.GuestModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pods with limits, in cgroups as the server makes them. Closing it leaves nothing of them. */
final class PodFixture implements AutoCloseable {
    private static final long MIB = 1 << 20;

    private final Engines engines;
    private final Path directory;
    private final Path rootfs;
    private final String cgroups;
    private Isolation isolation;
    private final Hierarchies hierarchies;
    private final List<Sandbox> sandboxes = new ArrayList<>();
    private WasmSandboxer sandboxer;

    /**
     * @param cgroups below which those of all pods are; a test class's own, for others run beside
     *     it
     */
    PodFixture(Path directory, String cgroups, Isolation isolation) throws IOException {
        this(directory, cgroups, isolation, Engines.EMBEDDED);
    }

    /** The same with other engines. */
    PodFixture(Path directory, String cgroups, Isolation isolation, Engines engines)
            throws IOException {
        this.engines = engines;
        this.directory = directory;
        this.rootfs = Files.createDirectories(directory.resolve("rootfs"));
        this.cgroups = cgroups;
        this.isolation = isolation;
        this.hierarchies = Hierarchies.detect();
        this.sandboxer = sandboxer();
    }

    private WasmSandboxer sandboxer() {
        return new WasmSandboxer(
                TrainedWorker::optimizing,
                engines,
                isolation,
                state(),
                WasmDaemon.hostCalls(LimitsConfig.DEFAULT),
                InstantSource.system());
    }

    /** Where the daemon keeps its workers' files. */
    Path state() {
        return directory.resolve("state");
    }

    WasmSandboxer daemon() {
        return sandboxer;
    }

    /** The next life of the daemon, which has found nothing yet and may be configured otherwise. */
    void restartDaemon(Isolation from) {
        isolation = from;
        sandboxer.close();
        sandboxes.clear();
        sandboxer = sandboxer();
    }

    /** What containers may use together, in MiB and thousandths of a CPU; 0 for no limit. */
    static PodResources resources(long mebibytes, long milliCpus) {
        return new PodResources(
                limits(mebibytes, milliCpus), new Resources(Engine.ENDIVE.floor(), 0, 0, 0));
    }

    /** A container's limits, in the same measures. */
    static Resources limits(long mebibytes, long milliCpus) {
        return new Resources(mebibytes * MIB, 0, milliCpus * 100, milliCpus == 0 ? 0 : 100_000);
    }

    /** A pod that is started, with a cgroup. */
    Sandbox sandbox(String id, PodResources resources) {
        return sandbox(id, resources, "wasm");
    }

    /** The same for a runtime handler. */
    Sandbox sandbox(String id, PodResources resources, String handler) {
        var sandbox = sandboxer.create(spec(id, resources, handler));
        sandboxes.add(sandbox);
        assertThat(sandbox.start()).isZero();
        return sandbox;
    }

    SandboxSpec spec(String id, PodResources resources) {
        return spec(id, resources, "wasm");
    }

    private SandboxSpec spec(String id, PodResources resources, String handler) {
        limit(cgroup(id).create(), resources.total());
        var plain = WasmSandboxerTest.sandboxSpec(id);
        return new SandboxSpec(
                plain.id(),
                plain.pod(),
                plain.hostname(),
                plain.network(),
                plain.dns(),
                Optional.of(cgroups),
                resources,
                Map.of(),
                Map.of(),
                handler);
    }

    private static void limit(Cgroup cgroup, Resources total) {
        var limits = Limits.NONE;
        if (total.memoryLimitBytes() > 0) {
            limits = limits.withMemory(total.memoryLimitBytes());
        }
        if (total.cpuQuotaMicros() > 0) {
            limits = limits.withCpuQuota(total.cpuQuotaMicros(), total.cpuPeriodMicros());
        }
        cgroup.limit(limits);
    }

    Cgroup cgroup(String id) {
        return Cgroup.at(hierarchies, CgroupPath.parse(cgroups).child(id));
    }

    Container create(Sandbox sandbox, String id, String module, Resources limits)
            throws IOException {
        return create(sandbox, id, module, limits, Stdio.NONE, () -> {});
    }

    Container create(
            Sandbox sandbox,
            String id,
            String module,
            Resources limits,
            Stdio stdio,
            ContainerObserver observer)
            throws IOException {
        return create(sandbox, id, GuestModules.binary(module), limits, stdio, observer);
    }

    /** One with a module that has no text. */
    Container create(Sandbox sandbox, String id, byte[] module) throws IOException {
        return create(sandbox, id, module, limits(4, 0), Stdio.NONE, () -> {});
    }

    private Container create(
            Sandbox sandbox,
            String id,
            byte[] module,
            Resources limits,
            Stdio stdio,
            ContainerObserver observer)
            throws IOException {
        Files.write(rootfs.resolve(id + ".wasm"), module);
        var process =
                new ProcessSpec(
                        List.of("/" + id + ".wasm"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        limits,
                        "{}");
        return sandbox.createContainer(
                new ContainerConfig(
                        new ContainerId(id), new SandboxId("s"), directory, rootfs, spec, stdio),
                observer);
    }

    static void needsCgroups() throws IOException {
        var hierarchies = Hierarchies.detect();
        boolean writable =
                hierarchies.v1().values().stream().allMatch(Files::isWritable)
                        && hierarchies.unified().stream().allMatch(Files::isWritable);
        assumeTrue(hierarchies.missing().isEmpty() && writable, "no cgroups that could be written");
    }

    @Override
    public void close() {
        sandboxes.forEach(Sandbox::close);
        sandboxer.close();
        BehindTheDaemon.workers(state()).forEach(WorkerFixture::kill);
        WorkerFixture.collectLaunchers();
        try {
            Cgroup.at(hierarchies, CgroupPath.parse(cgroups)).delete(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
