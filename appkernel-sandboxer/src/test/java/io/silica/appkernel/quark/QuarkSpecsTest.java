// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class QuarkSpecsTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ObjectNode asked = Bundle.spec("pod", List.of("/bin/true"));

    @Test
    void aSandboxHasItsNetworkAndNothingElseOfTheHost() {
        var network = new SandboxNetwork.Namespace(Path.of("/run/netns/a"));
        var spec = JSON.readTree(QuarkSpecs.sandbox(QuarkPodOfOne.spec(network)));
        assertThat(spec.path("root").toString())
                .isEqualTo("{\"path\":\"rootfs\",\"readonly\":false}");
        assertThat(spec.path("linux").path("namespaces").toString())
                .isEqualTo("[{\"type\":\"network\",\"path\":\"/run/netns/a\"}]");
        var host = JSON.readTree(QuarkSpecs.sandbox(QuarkPodOfOne.spec(new SandboxNetwork.Host())));
        assertThat(host.path("linux").path("namespaces")).isEmpty();
    }

    @Test
    void bindMountsAreNotInTheSpecificationAndTheOthersAre() {
        var mounts =
                List.of(
                        new MountSpec("proc", "proc", "/proc", List.of()),
                        new MountSpec("bind", "/etc/hosts", "/etc/hosts", List.of("rbind")),
                        new MountSpec("tmpfs", "tmpfs", "/tmp", List.of()),
                        new MountSpec("", "/srv", "/srv", List.of("bind")));
        for (var mount : mounts) {
            asked.withArray("mounts").addObject().put("destination", mount.destination());
        }
        assertThat(container(mounts).path("mounts"))
                .extracting(it -> it.path("destination").asString())
                .containsExactly("/proc", "/tmp");
    }

    @Test
    void noAnnotationOfAnImageReachesQuark() {
        asked.withObject("annotations").put("io.quark.anything", "1");
        assertThat(container(List.of()).path("annotations").propertyNames())
                .containsExactlyInAnyOrder(
                        "io.kubernetes.cri.container-type", "io.kubernetes.cri.sandbox-id");
    }

    @Test
    void noPathOfTheHostIsLeftInANamespace() {
        var namespaces = asked.withObject("linux").withArray("namespaces");
        namespaces.addObject().put("type", "network").put("path", "/run/netns/a");
        namespaces.addObject().put("type", "ipc").put("path", "/proc/1/ns/ipc");
        assertThat(container(List.of()).path("linux").path("namespaces").toString())
                .isEqualTo("[{\"type\":\"ipc\"}]");
    }

    @Test
    void aUserNamespaceIsRefusedInWords() {
        asked.withObject("linux").withArray("namespaces").addObject().put("type", "user");
        assertThatThrownBy(() -> container(List.of()))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("user namespace");
    }

    @Test
    void anAddedProcessHasTheRightsOfTheFirstOne() {
        asked.withObject("process").withObject("capabilities").putArray("bounding").add("CAP_KILL");
        var first = QuarkSpecs.process(JSON.writeValueAsBytes(container(List.of())));
        var added =
                JSON.readTree(
                        QuarkSpecs.added(
                                first,
                                new ProcessSpec(
                                        List.of("/bin/id"),
                                        List.of("A=1"),
                                        "/tmp",
                                        new ProcessSpec.User(5, 6, List.of(7L)),
                                        false)));
        assertThat(added.path("args").toString()).isEqualTo("[\"/bin/id\"]");
        assertThat(added.path("env").toString()).isEqualTo("[\"A=1\"]");
        assertThat(added.path("user").toString())
                .isEqualTo("{\"uid\":5,\"gid\":6,\"additionalGids\":[7]}");
        assertThat(added.path("capabilities").path("bounding").toString())
                .isEqualTo("[\"CAP_KILL\"]");
    }

    private JsonNode container(List<MountSpec> mounts) {
        var spec =
                new OciSpec(
                        QuarkPodOfOne.process(Stdio.NONE, "/bin/true"),
                        false,
                        Optional.empty(),
                        mounts,
                        Map.of(),
                        Optional.empty(),
                        Resources.UNLIMITED,
                        asked.toString());
        var config =
                new ContainerConfig(
                        new ContainerId("c1"),
                        QuarkPodOfOne.POD,
                        Path.of("/bundle"),
                        Path.of("/bundle/rootfs"),
                        spec,
                        Stdio.NONE);
        return JSON.readTree(new String(QuarkSpecs.container(config), StandardCharsets.UTF_8));
    }
}
