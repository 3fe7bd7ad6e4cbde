// SPDX-License-Identifier: Apache-2.0
package io.silica.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.UpdateTaskRequest;
import io.silica.proto.guest.Interface;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.Neighbour;
import io.silica.proto.guest.OutputStream;
import io.silica.proto.guest.PowerOffRequest;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.RefreshRequest;
import io.silica.proto.guest.Route;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.ttrpc.TtrpcException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the image and its agent do, in one machine for all tests: a boot without KVM takes as long
 * as all of them together.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 12, unit = TimeUnit.MINUTES)
@ExtendWith(Requirements.Condition.class)
class BootedGuestTest {
    private static final String HOSTNAME = "pod-of-the-test";
    private static final int MEGABYTES = 128;
    private static final int USR1 = 10;
    private static final Executor ASIDE = it -> Thread.ofVirtual().name("asks").start(it);

    private VirtualMachine machine;
    private Host host;

    @BeforeAll
    void bootAndPrepare() throws Exception {
        var tools = Requirements.here();
        machine = VirtualMachine.boot(tools, MEGABYTES);
        fillShare(tools.busybox());
        host = Host.over(machine.acceptAgent());
        try {
            assertThatThrownBy(() -> list()).hasMessageContaining("before Attach");
            var attached = host.attach("sandbox", 1);
            assertThat(attached.getPrepared()).isFalse();
            assertThat(attached.getKernelRelease()).endsWith("-cloud-amd64");
            assertThat(attached.getImageVersion()).hasSize(16);
            prepare();
        } catch (RuntimeException | AssertionError e) {
            e.addSuppressed(new IllegalStateException(machine.said()));
            throw e;
        }
    }

    private void fillShare(Path busybox) throws Exception {
        var bin = Files.createDirectories(machine.share().resolve("rootfs/bin"));
        Files.copy(busybox, bin.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(
                bin.resolve("busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
        var volume = Files.createDirectories(machine.share().resolve("volume"));
        Files.writeString(volume.resolve("greeting"), "from the host");
    }

    private void prepare() {
        var now = Instant.now();
        var request =
                PrepareRequest.newBuilder()
                        .setHostname(HOSTNAME)
                        .setRefresh(
                                RefreshRequest.newBuilder()
                                        .setNow(
                                                Timestamp.newBuilder()
                                                        .setSeconds(now.getEpochSecond()))
                                        .setEntropy(ByteString.copyFrom(new byte[32])))
                        .setShareTag(VirtualMachine.SHARE_TAG)
                        .setHosts(ByteString.copyFromUtf8("127.0.0.1 localhost\n"))
                        .setResolvConf(ByteString.copyFromUtf8("nameserver 10.0.2.3\n"))
                        .putSysctls("net.ipv4.ip_unprivileged_port_start", "42")
                        .setShmSize(1 << 20)
                        .addInterfaces(
                                Interface.newBuilder()
                                        .setName("eth7")
                                        .setHardwareAddress(
                                                hardware(VirtualMachine.HARDWARE_ADDRESS))
                                        .setMtu(1400)
                                        .addAddresses("10.0.2.15/24")
                                        .addAddresses("fd00::15/64"))
                        .addRoutes(Route.newBuilder().setGateway("10.0.2.2").setInterface("eth7"))
                        .addNeighbours(
                                Neighbour.newBuilder()
                                        .setAddress("10.0.2.99")
                                        .setHardwareAddress(hardware("02:00:00:00:00:01"))
                                        .setInterface("eth7"))
                        .build();
        host.guest("Prepare", request, Empty.parser());
        // Again is done.
        host.guest("Prepare", request, Empty.parser());
    }

    private static ByteString hardware(String address) {
        return ByteString.copyFrom(HexFormat.ofDelimiter(":").parseHex(address));
    }

    @AfterAll
    void thePowerGoesOffInOrder() throws Exception {
        try (var vm = machine;
                var _ = host) {
            if (host != null) {
                var request =
                        PowerOffRequest.newBuilder()
                                .setGrace(Duration.newBuilder().setSeconds(1))
                                .build();
                host.guest("PowerOff", request, Empty.parser());
                assertThat(vm.awaitEnd()).isZero();
            }
        }
    }

    @Test
    void aContainerRunsAndItsOutputAndCodeAreTold() {
        run("hello", "echo hello; echo trouble >&2; exit 7");
        assertThat(host.output("hello", "")).isEqualTo("hello\n");
        assertThat(host.output("hello", "", OutputStream.OUTPUT_STREAM_STDERR))
                .isEqualTo("trouble\n");
        assertThat(host.await("hello", "")).isEqualTo(7);
        var state = host.state("hello");
        assertThat(state.getStatus()).isEqualTo(Status.STOPPED);
        assertThat(state.getExitStatus()).isEqualTo(7);
        assertThat(host.delete("hello", "")).isEqualTo(7);
        assertThatThrownBy(() -> host.state("hello")).hasMessageContaining("no container");
    }

    @Test
    void thePodsNameFilesNetworkAndVolumesAreSeenInside() throws Exception {
        host.create(
                ContainerSpec.shell(
                                "inside",
                                """
                                cd /bin; for it in cat ip hostname df mount; do ./busybox ln -s busybox $it; done
                                hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf
                                ip -o addr; ip route; ip neigh; cat /proc/sys/net/ipv4/ip_unprivileged_port_start
                                cat /volume/greeting; echo; echo from the guest >/volume/answer
                                echo no >/fixed/x || echo fixed is read-only
                                df -m / | ./busybox tail -1; df -k /dev/shm | ./busybox tail -1
                                ./busybox ping -c 1 -W 5 10.0.2.2 | ./busybox grep received
                                """)
                        .volume("/volume", "volume", false)
                        .volume("/fixed", "volume", true)
                        .request());
        host.start("inside", "");
        var said = host.output("inside", "");
        assertThat(said)
                .startsWith(
                        HOSTNAME + "\n" + HOSTNAME + "\n127.0.0.1 localhost\nnameserver 10.0.2.3\n")
                .contains("eth7", "inet 10.0.2.15/24", "inet6 fd00::15/64", "inet 127.0.0.1/8")
                .contains("default via 10.0.2.2 dev eth7")
                .containsPattern("10.0.2.99 dev eth7 lladdr 02:00:00:00:00:01.*PERMANENT")
                .contains("\n42\nfrom the host\n")
                .contains("fixed is read-only")
                .containsPattern("overlay +8 ")
                .containsPattern("shm +1024 ")
                .contains("1 packets received");
        assertThat(machine.share().resolve("volume/answer")).hasContent("from the guest\n");
        host.await("inside", "");
        host.delete("inside", "");
        assertThat(machine.share().resolve("rootfs/bin/cat")).doesNotExist();
    }

    @Test
    void moreProcessesRunAreSignalledAndReadInput() {
        run("execs", "trap 'exit 9' TERM; while true; do /bin/busybox sleep 1; done");
        host.exec("execs", "true", ContainerSpec.process("echo $PATH; exit 3"), false);
        host.start("execs", "true");
        assertThat(host.await("execs", "true")).isEqualTo(3);
        assertThat(host.output("execs", "true")).isEqualTo("/bin\n");
        assertThat(host.delete("execs", "true")).isEqualTo(3);

        host.exec("execs", "cat", ContainerSpec.process("exec /bin/busybox cat"), false);
        host.start("execs", "cat");
        assertThat(host.input("execs", "cat", 0, "one ", false)).isEqualTo(4);
        assertThat(host.input("execs", "cat", 0, "one two", true)).isEqualTo(7);
        assertThat(host.output("execs", "cat")).isEqualTo("one two");
        assertThat(host.await("execs", "cat")).isZero();

        host.exec("execs", "none", "{\"args\": [\"/none\"], \"cwd\": \"/\"}", false);
        assertThatThrownBy(() -> host.start("execs", "none")).hasMessageContaining("/none");
        assertThatThrownBy(() -> host.killAll("execs", "none")).hasMessageContaining("its start");
        host.delete("execs", "none");

        assertThatThrownBy(() -> host.delete("execs", "")).hasMessageContaining("while it runs");
        host.kill("execs", 15);
        assertThat(host.await("execs", "")).isEqualTo(9);
        host.delete("execs", "");
    }

    @Test
    void aTerminalIsAsLargeAsItIsSaidToBeAndEchoes() {
        host.create(
                ContainerSpec.shell("tty", "read x; /bin/busybox stty size; echo got $x")
                        .terminal()
                        .input()
                        .request());
        var size = ResizePtyRequest.newBuilder().setId("tty").setWidth(120).setHeight(33).build();
        host.task("ResizePty", size, Empty.parser());
        host.start("tty", "");
        host.input("tty", "", 0, "word\n", false);
        assertThat(host.output("tty", "")).isEqualTo("word\r\n33 120\r\ngot word\r\n");
        assertThat(host.await("tty", "")).isZero();
        host.delete("tty", "");
    }

    @Test
    void aContainerIsMeasuredFrozenAndLimitedAnew() throws Exception {
        host.create(
                ContainerSpec.shell("measured", "while true; do /bin/busybox sleep 1; done")
                        .memory(32 << 20)
                        .request());
        host.start("measured", "");
        assertThat(stats("measured").getMemory().getUsageLimit()).isEqualTo(32 << 20);
        assertThat(stats("measured").getPids().getCurrent()).isPositive();
        assertThat(
                        host.task(
                                        "Pids",
                                        PidsRequest.newBuilder().setId("measured").build(),
                                        PidsResponse.parser())
                                .getProcessesCount())
                .isPositive();
        host.task("Pause", PauseRequest.newBuilder().setId("measured").build(), Empty.parser());
        assertThat(host.state("measured").getStatus()).isEqualTo(Status.PAUSED);
        host.task("Resume", ResumeRequest.newBuilder().setId("measured").build(), Empty.parser());
        assertThat(host.state("measured").getStatus()).isEqualTo(Status.RUNNING);
        var limits = ByteString.copyFromUtf8("{\"memory\": {\"limit\": 16777216}}");
        host.task(
                "Update",
                UpdateTaskRequest.newBuilder()
                        .setId("measured")
                        .setResources(Any.newBuilder().setValue(limits))
                        .build(),
                Empty.parser());
        assertThat(stats("measured").getMemory().getUsageLimit()).isEqualTo(16 << 20);
        var all = host.guest("Statistics", Empty.getDefaultInstance(), StatisticsResponse.parser());
        assertThat(all.getProcesses()).isPositive();
        assertThat(all.getMemoryAvailableBytes()).isGreaterThan(16 << 20);
        host.kill("measured", 9);
        assertThat(host.await("measured", "")).isEqualTo(137);
        host.delete("measured", "");
    }

    private Metrics stats(String id) throws Exception {
        var request = StatsRequest.newBuilder().setId(id).build();
        return Metrics.parseFrom(
                host.task("Stats", request, StatsResponse.parser()).getStats().getValue());
    }

    @Test
    void whoUsesUpItsMemoryIsEndedAndThatIsTold() {
        host.create(
                ContainerSpec.shell("greedy", "x=x; while true; do x=$x$x; done")
                        .memory(8 << 20)
                        .request());
        host.start("greedy", "");
        assertThat(host.await("greedy", "")).isEqualTo(137);
        var told =
                list().getContainersList().stream()
                        .filter(it -> it.getId().equals("greedy"))
                        .findFirst()
                        .orElseThrow();
        assertThat(told.getProcesses(0).getOomKilled()).isTrue();
        host.delete("greedy", "");
    }

    @Test
    void outputAndCodesOutliveTheConnection() throws Exception {
        run("counter", "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; exit 5");
        String begin;
        try (var output = host.openOutput("counter", "", OutputStream.OUTPUT_STREAM_STDOUT, 0)) {
            var chunk = output.receive().orElseThrow();
            assertThat(chunk.getOffset()).isZero();
            begin = chunk.getData().toStringUtf8();
        }
        host.close();
        host = Host.over(machine.acceptAgent());
        assertThatThrownBy(() -> host.attach("another", 2)).isInstanceOf(TtrpcException.class);
        assertThatThrownBy(() -> host.attach("sandbox", 0)).hasMessageContaining("session");
        assertThat(host.attach("sandbox", 2).getPrepared()).isTrue();
        // Nothing was acknowledged, so all of it comes.
        var lines = host.output("counter", "");
        assertThat(lines).startsWith(begin).endsWith("line 2999\n");
        assertThat(lines.lines()).hasSize(3000);
        assertThat(host.await("counter", "")).isEqualTo(5);
        host.delete("counter", "");
    }

    @Test
    void whatIsAskedForAgainOverAnotherConnectionIsDoneOnce() throws Exception {
        run(
                "once",
                """
                trap 'echo caught' USR1; trap 'exit 6' TERM; echo up
                while true; do /bin/busybox sleep 1 & wait; done
                """);
        awaitOutput("once", "up\n");
        host.kill("once", USR1, "the same");
        awaitOutput("once", "up\ncaught\n");
        host.close();
        host = Host.over(machine.acceptAgent());
        assertThat(host.attach("sandbox", 2).getKeptResults()).isPositive();
        host.kill("once", USR1, "the same");
        host.kill("once", 15);
        assertThat(host.output("once", "")).isEqualTo("up\ncaught\n");
        assertThat(host.await("once", "")).isEqualTo(6);
        host.delete("once", "");
    }

    private void awaitOutput(String id, String text) throws Exception {
        try (var output = host.openOutput(id, "", OutputStream.OUTPUT_STREAM_STDOUT, 0)) {
            var all = new StringBuilder();
            while (!all.toString().equals(text)) {
                all.append(output.receive().orElseThrow().getData().toStringUtf8());
            }
        }
    }

    @Test
    void aFailureIsSaidInCrunsWordsAndLeavesNothing() {
        var missing = ContainerSpec.of("missing", "/none").request();
        assertThatThrownBy(() -> host.create(missing)).hasMessageContaining("/none");
        assertThat(isListed("missing")).isFalse();
        host.create(ContainerSpec.shell("missing", "exit 0").request());
        host.delete("missing", "");
    }

    @Test
    void aContainerThatIsBeingMadeIsDeletedWhenItIsMade() {
        var late = ContainerSpec.shell("late", "exit 0").request();
        var made = CompletableFuture.runAsync(() -> host.create(late), ASIDE);
        while (!isListed("late")) {
            assertThat(made.isCompletedExceptionally()).isFalse();
        }
        host.delete("late", "");
        made.join();
        assertThat(isListed("late")).isFalse();
    }

    private boolean isListed(String id) {
        return list().getContainersList().stream().anyMatch(it -> it.getId().equals(id));
    }

    private ListResponse list() {
        return host.guest("List", Empty.getDefaultInstance(), ListResponse.parser());
    }

    private void run(String id, String script) {
        host.create(ContainerSpec.shell(id, script).request());
        host.start(id, "");
    }
}
