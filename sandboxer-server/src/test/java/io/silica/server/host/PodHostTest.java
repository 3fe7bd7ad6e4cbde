// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.MountTable;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxException.InvalidArgument;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.server.oci.OciLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@LeakCheck(cgroups = "/silica-test")
class PodHostTest {
    private static final SandboxNetwork NETWORK =
            new SandboxNetwork.Namespace(Path.of("/var/run/netns/cni-1"));
    private static final DnsConfig DNS =
            new DnsConfig(List.of("10.0.0.1"), List.of("a.b", "c"), List.of("ndots:5"));
    private static final DnsConfig HOSTS_DNS = new DnsConfig(List.of(), List.of(), List.of());
    private static final String CONFIG =
            """
            {"ociVersion": "1.2.1",
             "process": {"user": {"uid": 0, "gid": 0}, "args": ["/app"], "cwd": "/"},
             "root": {"path": "rootfs"},
             "linux": {"namespaces": [{"type": "network", "path": "/proc/0/ns/net"}]}}
            """;

    private static final CgroupPath PARENT = CgroupPath.parse("/silica-test");

    private final Path directory;
    private final Path sandboxes;

    PodHostTest(@TempDir Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.sandboxes = this.directory.resolve("sandboxes");
    }

    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
    }

    /** A pod's cgroup is the kubelet's, which removes it. */
    @AfterEach
    void removeParent() throws Exception {
        Cgroup.at(Hierarchies.detect(), PARENT).delete(Duration.ofSeconds(2));
    }

    @Test
    void aPodsCgroupIsLimitedAndGoesWithThePod() throws Exception {
        var limits = new Resources(64 << 20, 512, 20_000, 100_000);
        var resources = new PodResources(limits, limits);
        Cgroup cgroup = Cgroup.at(Hierarchies.detect(), PARENT.child("p1"));
        assumeTrue(Hierarchies.detect().missing().isEmpty(), "needs every controller");
        try (PreparedPod pod =
                host().prepare(with("p1", "h", Optional.of("/silica-test"), resources))) {
            assertThat(cgroup.exists()).isTrue();
            assertThat(cgroup.usage().memory().orElseThrow().limit()).hasValue(128 << 20);
            assertThat(pod.statistics()).isEmpty();

            pod.update(PodResources.UNLIMITED);

            assertThat(cgroup.usage().memory().orElseThrow().limit()).isEmpty();
        }
        assertThat(cgroup.exists()).isFalse();
    }

    @Test
    void theCgroupOfAStrangerGoesWithIt() throws Exception {
        PodHost host = host();
        host.prepare(with("p1", "h", Optional.of("/silica-test"), PodResources.UNLIMITED)).letGo();

        host.removeStranger("p1");

        assertThat(Cgroup.at(Hierarchies.detect(), PARENT.child("p1")).exists()).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void aPodHasAPrivateDirectoryWithWhatItsContainersShare() throws IOException {
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            Path own = pod.directory();

            assertThat(own).isEqualTo(sandboxes.resolve("p1"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                    .isEqualTo("rwx------");
            assertThat(own.resolve("resolv.conf"))
                    .hasContent("search a.b c\nnameserver 10.0.0.1\noptions ndots:5\n");
            assertThat(own.resolve("hostname")).hasContent("web-0\n");
            assertThat(own.resolve("hosts")).content().contains("localhost", "web-0");
            assertThat(MountTable.read().at(own.resolve("shm")).orElseThrow().options())
                    .contains("nosuid", "nodev", "noexec");
        }
        assertNothingIsLeft();
    }

    @Test
    void aPodInTheHostsNetworkHasTheHostsFiles() throws IOException {
        try (PreparedPod pod = host().prepare(spec("p1", new SandboxNetwork.Host(), HOSTS_DNS))) {
            assertThat(pod.directory().resolve("resolv.conf")).hasContent("the host's resolver");
            assertThat(pod.directory().resolve("hosts")).hasContent("the host's hosts");
            assertThat(pod.directory().resolve("hostname"))
                    .hasSameTextualContentAs(Path.of("/proc/sys/kernel/hostname"));
        }
    }

    @Test
    void whatIsLeftOfAnEarlierTryIsReplaced() throws IOException {
        PodHost host = host();
        Files.createDirectories(sandboxes.resolve("p1/sub"));
        Files.writeString(sandboxes.resolve("p1/hosts"), "stale");

        try (PreparedPod pod = host.prepare(spec("p1", NETWORK, DNS))) {
            assertThat(pod.directory().resolve("hosts")).content().contains("localhost");
            assertThat(pod.directory().resolve("sub")).doesNotExist();
        }
    }

    @Test
    void anAdoptedPodKeepsWhatItHasAndGetsWhatIsMissing() throws IOException {
        PodHost host = host();
        SandboxSpec spec = spec("p1", NETWORK, DNS);
        PreparedPod before = host.prepare(spec);
        Files.writeString(before.directory().resolve("shm/used"), "by a container");
        Files.delete(before.directory().resolve("hosts"));
        before.letGo();

        try (PreparedPod pod = host().adopt(spec)) {
            pod.complete();
            assertThat(pod.directory().resolve("shm/used")).hasContent("by a container");
            assertThat(pod.directory().resolve("hosts")).exists();
        }
        assertNothingIsLeft();
    }

    @Test
    void aStrangerIsUnmountedAndRemovedAndAKnownPodStays() throws IOException {
        PodHost host = host();
        PreparedPod forgotten = host.prepare(spec("forgotten", NETWORK, DNS));
        forgotten.letGo();
        try (PreparedPod known = host.prepare(spec("known", NETWORK, DNS))) {
            assertThat(host.directories()).containsExactlyInAnyOrder("forgotten", "known");
            host.removeStranger("forgotten");

            assertThat(forgotten.directory()).doesNotExist();
            assertThat(known.directory().resolve("shm")).exists();
        }
        assertNothingIsLeft();
    }

    @Test
    void closingTwiceIsHarmless() throws IOException {
        PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS));

        pod.close();
        pod.close();

        assertNothingIsLeft();
    }

    static Stream<SandboxSpec> impossible() {
        var line = new DnsConfig(List.of("1.1.1.1\noptions debug"), List.of(), List.of());
        var odd = new Resources(0, 0, 1, 1);
        return Stream.of(
                spec("p1", NETWORK, line),
                with("p1", "two words", Optional.empty(), PodResources.UNLIMITED),
                with("p1", "a".repeat(65), Optional.empty(), PodResources.UNLIMITED),
                with("p1", "h", Optional.of("/a/../b"), PodResources.UNLIMITED),
                with("p1", "h", Optional.of("silica-test"), new PodResources(odd, odd)));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whenAStepFailsNothingOfThePodIsLeft(SandboxSpec spec) throws IOException {
        PodHost host = host();

        assertThatThrownBy(() -> host.prepare(spec)).isInstanceOf(SandboxException.class);

        assertNothingIsLeft();
    }

    @Test
    void whenSharedMemoryCannotBeMountedNothingIsLeft() throws IOException {
        PodHost host = new PodHost(sandboxes, config(-1));

        assertThatThrownBy(() -> host.prepare(spec("p1", NETWORK, DNS)))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("mount");

        assertNothingIsLeft();
    }

    @Test
    void aContainersRootIsMountedAndItsSpecificationFitsThePod() throws IOException {
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        Files.writeString(snapshot.resolve("app"), "wasm");
        Path bundle = bundle(CONFIG);
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            ContainerConfig container = pod.prepareContainer(request(bundle, bind(snapshot)));

            assertThat(container.rootfs().resolve("app")).hasContent("wasm");
            assertThat(container.spec().hostname()).hasValue("web-0");
            assertThat(container.spec().json()).contains("/var/run/netns/cni-1");
            assertThat(container.spec().mounts().stream().map(MountSpec::destination))
                    .containsExactly("/dev/shm", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname");
            pod.releaseContainer(container.id(), bundle);
            pod.releaseContainer(container.id(), bundle);
            assertThat(bundle.resolve("rootfs")).isEmptyDirectory();
        }
        assertNothingIsLeft();
    }

    @Test
    void anOverlayOfMoreLayersThanAPageNamesIsMounted() throws IOException {
        Path bundle = bundle(CONFIG);
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            ContainerConfig container = pod.prepareContainer(request(bundle, overlay(200)));

            assertThat(container.rootfs().resolve("from-0")).exists();
            assertThat(container.rootfs().resolve("from-199")).exists();
            Files.writeString(container.rootfs().resolve("new"), "written");
            pod.releaseContainer(container.id(), bundle);
        }
        assertThat(directory.resolve("upper/new")).exists();
    }

    @Test
    void rootFileSystemsThatAreAmbiguousEmptyOrLedAstrayAreRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("disk"), "image");
        Path bundle = bundle(CONFIG);
        MountSpec good = bind(directory);
        var overlay = new MountSpec("overlay", "overlay", "", List.of("upperdir=/u"));
        var elsewhere = new MountSpec("bind", "/", "/etc", List.of("bind"));
        var invented = new MountSpec("format/mkdir/overlay", "overlay", "", List.of());
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            assertRefused(pod, request(bundle));
            assertRefused(pod, request(bundle, good, good));
            assertRefused(pod, request(bundle, overlay));
            assertRefused(pod, request(bundle, elsewhere));
            assertRefused(pod, request(bundle, invented));
            assertRefused(pod, request(bundle, bind(file)));
            assertRefused(pod, request(bundle, bind(Path.of("relative"))));
            assertRefused(pod, request(bundle, bind(directory.resolve("gone"))));
            Files.delete(bundle.resolve("rootfs"));
            assertRefused(pod, request(bundle, good));
            Files.createSymbolicLink(bundle.resolve("rootfs"), Path.of("/mnt"));
            assertRefused(pod, request(bundle, good));
        }
        assertNothingIsLeft();
    }

    @Test
    void aMountThatTheKernelRefusesLeavesNothing() throws IOException {
        Path bundle = bundle(CONFIG);
        var broken = new MountSpec("overlay", "overlay", "", List.of("lowerdir=/no/such/layer"));
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            assertThatThrownBy(() -> pod.prepareContainer(request(bundle, broken)))
                    .isInstanceOf(SandboxException.Failed.class)
                    .hasMessageContaining("mount the root file system of container \"c1\"");

            assertThat(MountTable.read().below(bundle)).isEmpty();
        }
    }

    @Test
    void aSpecificationThatIsMissingALinkOrTooBigIsRefused() throws IOException {
        Path bundle = bundle(CONFIG);
        Path config = bundle.resolve("config.json");
        try (PreparedPod pod = host().prepare(spec("p1", NETWORK, DNS))) {
            Files.writeString(config, " ".repeat(OciLimits.DEFAULT.bytes()) + CONFIG);
            assertRefused(pod, request(bundle, bind(directory)));
            Files.delete(config);
            assertRefused(pod, request(bundle, bind(directory)));
            Files.createDirectory(config);
            assertRefused(pod, request(bundle, bind(directory)));
            Files.delete(config);
            Files.createSymbolicLink(config, Files.writeString(directory.resolve("c"), CONFIG));
            assertRefused(pod, request(bundle, bind(directory)));
        }
        assertThat(MountTable.read().below(bundle)).isEmpty();
    }

    @Test
    void aPodWhoseVolumesNeverAnswerHoldsUpNoOther() throws IOException {
        var answer = new CountDownLatch(1);
        PodHost host = host(Duration.ofMillis(500));
        PreparedPod stuck = host.prepare(spec("stuck", NETWORK, DNS));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> stuck.calls().call("wait", () -> waited(answer)))
                    .isInstanceOf(SandboxException.TimedOut.class);
        }

        try (PreparedPod other = host(Duration.ofSeconds(30)).prepare(spec("p2", NETWORK, DNS))) {
            assertThat(other.directory().resolve("hosts")).exists();
        }
        assertThatThrownBy(stuck::close).isInstanceOf(SandboxException.class);
        answer.countDown();
        while (stuck.calls().lost() > 0) {
            Thread.onSpinWait();
        }
        stuck.close();
        assertNothingIsLeft();
    }

    private static boolean waited(CountDownLatch answer) throws InterruptedException {
        answer.await();
        return true;
    }

    private static void assertRefused(PreparedPod pod, ContainerRequest request) {
        assertThatThrownBy(() -> pod.prepareContainer(request)).isInstanceOf(InvalidArgument.class);
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(sandboxes).isEmptyDirectory();
        assertThat(MountTable.read().below(directory)).isEmpty();
    }

    private PodHost host() throws IOException {
        return host(Duration.ofSeconds(30));
    }

    private PodHost host(Duration deadline) throws IOException {
        HostConfig config = config(1 << 20);
        return new PodHost(
                sandboxes,
                new HostConfig(
                        config.resolver(),
                        config.hosts(),
                        config.sharedMemoryBytes(),
                        2,
                        deadline,
                        config.oci()));
    }

    private HostConfig config(long sharedMemory) throws IOException {
        return new HostConfig(
                Files.writeString(directory.resolve("resolv.conf"), "the host's resolver"),
                Files.writeString(directory.resolve("hosts"), "the host's hosts"),
                sharedMemory,
                2,
                Duration.ofSeconds(30),
                OciLimits.DEFAULT);
    }

    private Path bundle(String config) throws IOException {
        Path bundle = Files.createDirectory(directory.resolve("bundle"));
        Files.createDirectory(bundle.resolve("rootfs"));
        Files.writeString(bundle.resolve("config.json"), config);
        return bundle;
    }

    private MountSpec overlay(int layers) throws IOException {
        var lower = new ArrayList<Path>();
        for (int i = 0; i < layers; i++) {
            lower.add(Files.createDirectories(directory.resolve("a-rather-long-layer/" + i)));
            Files.writeString(lower.getLast().resolve("from-" + i), "");
        }
        Path upper = Files.createDirectory(directory.resolve("upper"));
        Path work = Files.createDirectory(directory.resolve("work"));
        String joined =
                IntStream.range(0, layers)
                        .mapToObj(i -> lower.get(i).toString())
                        .collect(Collectors.joining(":"));
        return new MountSpec(
                "overlay",
                "overlay",
                "",
                List.of("index=off", "workdir=" + work, "upperdir=" + upper, "lowerdir=" + joined));
    }

    private static MountSpec bind(Path source) {
        return new MountSpec("bind", source.toString(), "", List.of("rbind", "rw"));
    }

    private static ContainerRequest request(Path bundle, MountSpec... rootfs) {
        return new ContainerRequest(
                new ContainerId("c1"), new SandboxId("p1"), bundle, List.of(rootfs), Stdio.NONE);
    }

    private static SandboxSpec spec(String id, SandboxNetwork network, DnsConfig dns) {
        return spec(id, "web-0", network, dns, Optional.empty(), PodResources.UNLIMITED);
    }

    private static SandboxSpec with(
            String id, String hostname, Optional<String> cgroup, PodResources resources) {
        return spec(id, hostname, NETWORK, DNS, cgroup, resources);
    }

    private static SandboxSpec spec(
            String id,
            String hostname,
            SandboxNetwork network,
            DnsConfig dns,
            Optional<String> cgroup,
            PodResources resources) {
        return new SandboxSpec(
                new SandboxId(id),
                new PodIdentity("web-0", "default", "uid", 0),
                hostname,
                network,
                dns,
                cgroup,
                resources,
                Map.of(),
                Map.of(),
                "wasm");
    }
}
