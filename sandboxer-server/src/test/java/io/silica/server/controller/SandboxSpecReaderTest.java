// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.sandbox.ControllerCreateRequest;
import io.silica.proto.containerd.types.Sandbox;
import io.silica.proto.cri.DNSConfig;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.LinuxPodSandboxConfig;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxMetadata;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.server.wire.BareAny;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxSpecReaderTest {
    private static final long YEAR_ONE = -62_135_596_800L;

    @Test
    void everythingThatConcernsASandboxIsRead() {
        SandboxSpec spec = SandboxSpecReader.read(request(config()).build());
        assertThat(spec.id()).isEqualTo(new SandboxId("s1"));
        assertThat(spec.pod()).isEqualTo(new PodIdentity("web", "default", "uid-1", 2));
        assertThat(spec.hostname()).isEqualTo("web");
        assertThat(spec.network())
                .isEqualTo(new SandboxNetwork.Namespace(Path.of("/var/run/netns/cni-1")));
        assertThat(spec.dns())
                .isEqualTo(new DnsConfig(List.of("10.0.0.10"), List.of("svc"), List.of()));
        assertThat(spec.cgroupParent()).contains("/kubepods/pod1");
        assertThat(spec.resources().containers()).isEqualTo(new Resources(1024, 512, -1, 100_000));
        assertThat(spec.annotations()).isEqualTo(Map.of("k", "v"));
        assertThat(spec.labels()).isEqualTo(Map.of("name", "web_default_uid-1_2"));
        assertThat(spec.handler()).isEqualTo("wasmtime");
        assertThat(spec.sysctls()).isEqualTo(Map.of("net.core.somaxconn", "1024"));
    }

    @Test
    void aPodOnTheHostsNetworkHasNoNamespaceAndATimeBeforeAllTime() {
        ControllerCreateRequest.Builder request = request(config()).setNetnsPath("");
        request.getSandboxBuilder().setCreatedAt(Timestamp.newBuilder().setSeconds(YEAR_ONE));
        assertThat(SandboxSpecReader.read(request.build()).network())
                .isEqualTo(new SandboxNetwork.Host());
    }

    @Test
    void theTypeMayBeWrittenInBothWays() {
        ControllerCreateRequest.Builder request = request(config());
        request.getOptionsBuilder().setTypeUrl("types.example/runtime.v1.PodSandboxConfig");
        assertThat(SandboxSpecReader.read(request.build()).hostname()).isEqualTo("web");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "/", "a b", "."})
    void anIdThatCouldLeaveItsDirectoryIsRefused(String id) {
        refused(request(config()).setSandboxId(id), "sandbox id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"netns", "../netns", "a\0b"})
    void aNamespacePathThatIsNotAbsoluteIsRefused(String path) {
        refused(request(config()).setNetnsPath(path), "netns_path");
    }

    @Test
    void optionsOfAnotherTypeAreRefused() {
        ControllerCreateRequest.Builder request = request(config());
        request.getOptionsBuilder().setTypeUrl("Xruntime.v1.PodSandboxConfig");
        refused(request, "not runtime.v1.PodSandboxConfig");
        refused(request.clearOptions(), "its options are \"\"");
    }

    @Test
    void optionsThatAreGarbageAreRefused() {
        ControllerCreateRequest.Builder request = request(config());
        request.getOptionsBuilder().setValue(ByteString.copyFromUtf8("\u0001garbage"));
        refused(request, "are no runtime.v1.PodSandboxConfig");
    }

    @Test
    void metadataThatAreNoJsonAreRefused() {
        ControllerCreateRequest.Builder request = request(config());
        request.getSandboxBuilder().putExtensions("metadata", json("{"));
        refused(request, "is no JSON");
    }

    @Test
    void aNegativeLimitIsRefused() {
        PodSandboxConfig.Builder config = config();
        config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(-1);
        refused(request(config), "memory limit");
    }

    private static void refused(ControllerCreateRequest.Builder request, String reason) {
        assertThatThrownBy(() -> SandboxSpecReader.read(request.build()))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining(reason);
    }

    private static PodSandboxConfig.Builder config() {
        return PodSandboxConfig.newBuilder()
                .setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName("web")
                                .setNamespace("default")
                                .setUid("uid-1")
                                .setAttempt(2))
                .setHostname("web")
                .setDnsConfig(DNSConfig.newBuilder().addServers("10.0.0.10").addSearches("svc"))
                .setLinux(
                        LinuxPodSandboxConfig.newBuilder()
                                .setCgroupParent("/kubepods/pod1")
                                .putSysctls("net.core.somaxconn", "1024")
                                .setResources(
                                        LinuxContainerResources.newBuilder()
                                                .setMemoryLimitInBytes(1024)
                                                .setCpuShares(512)
                                                .setCpuQuota(-1)
                                                .setCpuPeriod(100_000)))
                .putAnnotations("k", "v");
    }

    private static ControllerCreateRequest.Builder request(PodSandboxConfig.Builder config) {
        return ControllerCreateRequest.newBuilder()
                .setSandboxId("s1")
                .setNetnsPath("/var/run/netns/cni-1")
                .setOptions(BareAny.pack(config.build()))
                .setSandbox(
                        Sandbox.newBuilder()
                                .putLabels("name", "web_default_uid-1_2")
                                .putExtensions(
                                        "metadata",
                                        json("{\"Metadata\":{\"RuntimeHandler\":\"wasmtime\"}}")));
    }

    private static Any json(String text) {
        return Any.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
    }
}
