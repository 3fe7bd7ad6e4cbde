// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.BareSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BundlesTest {
    private static final SandboxNetwork NETWORK =
            new SandboxNetwork.Namespace(Path.of("/run/netns/n1"));

    @Test
    void noAnnotationOfAnImageOrAPodReachesRunsc() {
        var written =
                container(
                        """
                        {"annotations": {"dev.gvisor.flag.debug": "true",
                                         "io.kubernetes.cri.sandbox-id": "another"}}\
                        """);
        assertThat(written.path("annotations").toString())
                .isEqualTo(
                        "{\"io.kubernetes.cri.container-type\":\"container\","
                                + "\"io.kubernetes.cri.sandbox-id\":\"+pod\"}");
    }

    @Test
    void aPidNamespaceOfThePodIsSharedAndAnOwnOneIsOwn() {
        assertThat(namespaces("{\"type\": \"pid\", \"path\": \"/proc/7/ns/pid\"}"))
                .contains("{\"type\":\"pid\",\"path\":\"/silica/pod/pid\"}");
        assertThat(namespaces("{\"type\": \"pid\"}")).contains("{\"type\":\"pid\"}");
    }

    @Test
    void noPathOfTheHostIsLeftInANamespaceButThatOfTheNetwork() {
        assertThat(
                        namespaces(
                                """
                                {"type": "ipc", "path": "/proc/1/ns/ipc"},
                                {"type": "network", "path": "/proc/1/ns/net"}\
                                """))
                .contains("{\"type\":\"ipc\"}", "\"path\":\"/run/netns/n1\"")
                .doesNotContain("/proc/1");
    }

    @Test
    void aUserNamespaceIsRefusedInWords() {
        assertThatThrownBy(() -> namespaces("{\"type\": \"user\"}"))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("container \"c1\"")
                .hasMessageContaining("user namespace");
    }

    @Test
    void theRootIsWhereTheServerHasMountedIt() {
        assertThat(container("{\"root\": {\"path\": \"/etc\", \"readonly\": true}}").path("root"))
                .hasToString("{\"path\":\"/bundles/c1/rootfs\",\"readonly\":true}");
    }

    private static String namespaces(String namespaces) {
        return container("{\"linux\": {\"namespaces\": [" + namespaces + "]}}")
                .path("linux")
                .toString();
    }

    private static JsonNode container(String json) {
        var process = new ProcessSpec(List.of("/x"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec = BareSpec.of(process, json);
        var bundle = Path.of("/bundles/c1");
        var config =
                new ContainerConfig(
                        new ContainerId("c1"),
                        new SandboxId("s1"),
                        bundle,
                        bundle.resolve("rootfs"),
                        spec,
                        Stdio.NONE);
        return JsonMapper.shared().readTree(Bundles.container(config, NETWORK));
    }
}
