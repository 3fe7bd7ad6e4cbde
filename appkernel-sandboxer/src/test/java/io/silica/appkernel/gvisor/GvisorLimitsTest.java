// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.appkernel.OnGvisor;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of a pod on gVisor, which are those of its cgroup. */
@LeakCheck(cgroups = GvisorLimitsTest.TOP)
@OnGvisor
final class GvisorLimitsTest {
    static final String TOP = "/silica-gvisor-test";
    private static final long MIB = 1 << 20;

    /** Fills a file system in memory. */
    private static final String EATS = "busybox dd if=/dev/zero of=/dev/x bs=1M count=";

    @TempDir Path directory;
    private Hierarchies hierarchies;
    private Cgroup top;
    private PodOfOne pod;

    @BeforeEach
    void startPodInACgroup() throws IOException {
        hierarchies = Hierarchies.detect();
        assumeTrue(hierarchies.missing().isEmpty(), "a controller is missing");
        top = Cgroup.at(hierarchies, CgroupPath.parse(TOP));
        Cgroup.at(hierarchies, top.path().child("pod")).create();
        pod = PodOfOne.startIn(TOP, directory);
    }

    @AfterEach
    void closePod() throws InterruptedException {
        pod.close();
        top.delete(Duration.ofSeconds(10));
    }

    /** A sentry has processes for that which are called nothing, and name no pod. */
    @Test
    void whatRunsTheGuestsCodeIsInThePodsCgroup() {
        pod.create("c", Stdio.NONE, "/bin/sleep", "1000").init().start();
        var sentry = ProcessHandle.of(pod.pod().pid()).orElseThrow();
        assertThat(sentry.descendants())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(cgroups(it.pid())).contains(":" + TOP + "/pod\n"));
    }

    /** A daemon may die between the start of a container and that. */
    @Test
    void whatIsNotThereYetIsPutThereByTheNextDaemon() {
        Cgroup.at(hierarchies, top.path().child("elsewhere")).create();
        pod.create("c", Stdio.NONE, "/bin/sleep", "1000").init().start();
        pod.die();
        Cgroup.at(hierarchies, top.path().child("elsewhere")).add(pod.pod().pid());

        pod.live();

        assertThat(cgroups(pod.pod().pid())).contains(":" + TOP + "/pod\n");
    }

    @Test
    void whatContainersMayUseIsEnforcedAsTheirSumAndCanBeChanged() {
        var first = pod.create("c1", 50 * MIB, "/bin/sleep", "1000");
        assertThat(limit()).hasValue(50 * MIB + PodLimits.OVERHEAD_BYTES);
        pod.create("c2", 20 * MIB, "/bin/sleep", "1000");
        assertThat(limit()).hasValue(70 * MIB + PodLimits.OVERHEAD_BYTES);
        first.init().start();
        first.update(memory(10 * MIB));
        assertThat(limit()).hasValue(30 * MIB + PodLimits.OVERHEAD_BYTES);

        pod.die();
        var found = pod.live();

        assertThat(found).hasSize(2);
        pod.create("c3", 0, "/bin/sleep", "1000");
        assertThat(limit()).isEmpty();
    }

    /** Of CPU time the kernel takes no less than 1 ms in a period. */
    @Test
    void aLimitOfMemoryHoldsBesideTheLeastOfCpuTime() {
        pod.create(
                "c1",
                new Resources(50 * MIB, 0, 1_000, 1_000_000),
                Stdio.NONE,
                "/bin/sleep",
                "1000");
        assertThat(limit()).hasValue(50 * MIB + PodLimits.OVERHEAD_BYTES);
    }

    @Test
    void aChangeThatCannotBeWrittenDownIsNone() throws IOException {
        var container = pod.create("c1", 50 * MIB, "/bin/sleep", "1000");
        var place = pod.places().container(container.id());
        Files.createDirectory(place.resolve("new-limits"));
        assertThatThrownBy(() -> container.update(memory(20 * MIB)))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(limit()).hasValue(50 * MIB + PodLimits.OVERHEAD_BYTES);
    }

    @Test
    void aLimitBelowWhatIsInUseIsRefusedAndTheOldOneStays() throws Exception {
        var out = pod.fifo("out");
        var container =
                pod.create(
                        "c1",
                        new Resources(400 * MIB, 0, 0, 0),
                        new Stdio("", out.toString(), "", false),
                        "/bin/sh",
                        "-c",
                        EATS + "80; echo held; sleep 1000");
        container.init().start();
        try (var lines = Files.newInputStream(out)) {
            PodOfOne.readTo(lines, "held\n");
            assertThatThrownBy(() -> container.update(memory(MIB)))
                    .isInstanceOf(SandboxException.WrongState.class)
                    .hasMessageContaining("container \"c1\"");
            assertThat(limit()).hasValue(400 * MIB + PodLimits.OVERHEAD_BYTES);
        }
    }

    /** The kernel kills the sentry, and with it all that was in it. */
    @Test
    void aPodThatEatsItsMemoryIsToldAsOutOfMemoryWithAllItsContainers() throws Exception {
        var told = new ConcurrentLinkedQueue<String>();
        var neighbour = pod.create("c1", 20 * MIB, "/bin/sleep", "1000");
        var eats = pod.create("c2", 20 * MIB, "/bin/sh", "-c", EATS + 400);
        for (var container : List.of(neighbour, eats)) {
            container.observer(() ->
                    told.add(container.id() + " " + container.init().exit().status().isPresent()));
            container.init().start();
        }
        assertThat(eats.init().exit().await().code()).isEqualTo(137);
        assertThat(neighbour.init().exit().await().code()).isEqualTo(137);
        assertThat(told).containsExactlyInAnyOrder("c1 false", "c2 false");
        assertThat(pod.pod().exit().await().code()).isEqualTo(137);
    }

    @Test
    void aPodThatEatsItsMemoryWhileThereIsNoDaemonIsFoundOutOfMemory() throws Exception {
        var go = pod.fifo("go");
        var eats =
                pod.create(
                        "c1",
                        new Resources(20 * MIB, 0, 0, 0),
                        new Stdio(go.toString(), "", "", false),
                        "/bin/sh",
                        "-c",
                        "read go; " + EATS + 400);
        eats.init().start();
        var sentry = ProcessIdentity.of(pod.pod().pid()).orElseThrow();
        try (var end = Pidfd.open(sentry).orElseThrow();
                var input = Descriptor.open(go, OpenFlag.READ_WRITE)) {
            pod.die();
            Files.writeString(go, "go\n");
            awaitEnd(end);
            assertThat(input.isOpen()).isTrue();
        }

        assertThat(pod.live()).isEmpty();

        assertThat(pod.pod().ranOutOfMemory()).isTrue();
        assertThat(pod.pod().exit().await().code()).isEqualTo(137);
    }

    private static void awaitEnd(Pidfd process) throws InterruptedException {
        var poller = Poller.start("silica-test-end");
        try {
            assertThat(poller.await(process.descriptor(), Epoll.READABLE, Duration.ofMinutes(1)))
                    .isTrue();
        } finally {
            poller.close();
        }
    }

    /** What was told stays told over the daemon's lives. */
    @Test
    void aContainerThatWasKilledWhileThereWasNoDaemonIsToldAsOutOfMemoryOnce() throws Exception {
        var container = pod.create("c1", 200 * MIB, "/bin/sleep", "1000");
        container.init().start();
        pod.die();
        eatBesideTheSentry();
        new PodsBehindTheDaemon(directory.resolve("pods")).kill("c1");

        var told = new ConcurrentLinkedQueue<String>();
        pod.live().getFirst().observer(() -> told.add("first"));
        assertThat(told).containsExactly("first");
        pod.die();
        pod.live().getFirst().observer(() -> told.add("second"));
        assertThat(told).containsExactly("first");
    }

    @Test
    void aContainerThatIsKilledIsNotToldAsOutOfMemory() throws Exception {
        var told = new ConcurrentLinkedQueue<String>();
        var container = pod.create("c1", 20 * MIB, "/bin/sleep", "1000");
        container.observer(() -> told.add("c1"));
        container.init().start();
        container.init().signal(Signal.KILL, true);
        assertThat(container.init().exit().await().code()).isEqualTo(137);
        assertThat(told).isEmpty();
    }

    /** The kernel may also kill a process that is no container's first. */
    @Test
    void aKillForWantOfMemoryIsNotToldOfAContainerThatIsKilledLater() throws Exception {
        var told = new ConcurrentLinkedQueue<String>();
        var container = pod.create("c1", 200 * MIB, "/bin/sleep", "1000");
        container.observer(() -> told.add("c1"));
        container.init().start();
        eatBesideTheSentry();
        assertThat(cgroup().memoryKills()).isPositive();
        container.init().signal(Signal.KILL, true);
        assertThat(container.init().exit().await().code()).isEqualTo(137);
        assertThat(told).isEmpty();
    }

    private void eatBesideTheSentry() throws Exception {
        var eats = "read go; head -c 600M /dev/zero | tail -n 1 >/dev/null";
        var process = new ProcessBuilder("/bin/sh", "-c", eats).start();
        try (var go = process.outputWriter()) {
            cgroup().add(Math.toIntExact(process.pid()));
            go.write("go\n");
            go.flush();
            assertThat(process.waitFor()).isEqualTo(137);
        } finally {
            process.destroyForcibly();
        }
    }

    private Cgroup cgroup() {
        return Cgroup.at(hierarchies, top.path().child("pod"));
    }

    private OptionalLong limit() {
        return cgroup().usage().memory().orElseThrow().limit();
    }

    private static Resources memory(long bytes) {
        return new Resources(bytes, 0, 0, 0);
    }

    private static String cgroups(long pid) {
        try {
            return Files.readString(Path.of("/proc/%d/cgroup".formatted(pid)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
