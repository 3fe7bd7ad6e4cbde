// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.SandboxNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OciDocumentTest {
    private static final MountSpec SHARED_MEMORY = bind("/run/pod/shm", "/dev/shm");
    private static final MountSpec RESOLVER = bind("/run/pod/resolv.conf", "/etc/resolv.conf");
    private static final MountSpec HOSTS = bind("/run/pod/hosts", "/etc/hosts");
    private static final SandboxNetwork NETWORK =
            new SandboxNetwork.Namespace(Path.of("/var/run/netns/cni-1"));

    private final OciSpecReader reader = new OciSpecReader(OciLimits.DEFAULT);

    @Test
    void theNetworkIsThePodsAndOtherPathsThatLeadNowhereAreLeftOut() {
        assertThat(namespaces(usual().in(pod(NETWORK)).spec()))
                .isEqualTo(
                        Map.of(
                                "pid", "",
                                "ipc", "",
                                "uts", "",
                                "mount", "",
                                "network", "/var/run/netns/cni-1"));
    }

    @Test
    void aPodInTheHostsNetworkHasNeitherANetworkNorANameOfItsOwn() {
        OciSpec spec = usual().in(pod(new SandboxNetwork.Host())).spec();

        assertThat(namespaces(spec)).containsOnlyKeys("pid", "ipc", "mount");
        assertThat(spec.hostname()).isEmpty();
    }

    @Test
    void namespacesOfAProcessThatExistsAreKept() {
        byte[] config = Documents.configWith("/linux/namespaces/1/path", "\"/proc/77/ns/ipc\"");

        assertThat(namespaces(reader.document(config).in(pod(NETWORK)).spec()))
                .containsEntry("ipc", "/proc/77/ns/ipc");
    }

    @Test
    void aSpecificationWithoutNamespacesGetsTheNetwork() {
        OciSpec spec = reader.document(Documents.configWith("/linux", "")).in(pod(NETWORK)).spec();

        assertThat(namespaces(spec)).isEqualTo(Map.of("network", "/var/run/netns/cni-1"));
    }

    @Test
    void theContainerHasThePodsName() {
        assertThat(usual().in(pod(NETWORK)).spec().hostname()).hasValue("web-0");
    }

    @Test
    void aNameOfItsOwnIsKept() {
        OciDocument named = reader.document(Documents.configWith("/hostname", "\"own\""));

        assertThat(named.in(pod(NETWORK)).spec().hostname()).hasValue("own");
    }

    @Test
    void thePodsSharedMemoryTakesThePlaceOfTheContainersOwn() {
        List<MountSpec> mounts = usual().in(pod(NETWORK)).spec().mounts();

        assertThat(mounts.get(1)).isEqualTo(SHARED_MEMORY);
        assertThat(mounts).filteredOn(it -> it.destination().equals("/dev/shm")).hasSize(1);
    }

    @Test
    void aVolumeAtTheSharedMemoryIsKept() {
        String volume =
                "{\"destination\":\"/dev/shm/\",\"source\":\"/big\",\"options\":[\"rbind\"]}";
        OciDocument document = reader.document(Documents.configWith("/mounts/1", volume));

        assertThat(document.in(pod(NETWORK)).spec().mounts())
                .contains(new MountSpec("", "/big", "/dev/shm/", List.of("rbind")))
                .doesNotContain(SHARED_MEMORY);
    }

    @Test
    void filesOfThePodComeAfterTheContainersOwnMounts() {
        List<MountSpec> mounts = usual().in(pod(NETWORK)).spec().mounts();

        assertThat(mounts).endsWith(RESOLVER, HOSTS);
    }

    @Test
    void aFileThatTheContainerMountsItselfIsKept() {
        String kubelets =
                "{\"destination\":\"/etc/../etc//hosts\",\"type\":\"bind\",\"source\":\"/pods/hosts\"}";
        OciDocument document = reader.document(Documents.configWith("/mounts/0", kubelets));

        assertThat(document.in(pod(NETWORK)).spec().mounts())
                .contains(RESOLVER)
                .doesNotContain(HOSTS);
    }

    @Test
    void theOriginalDoesNotChange() {
        OciDocument document = usual();
        String before = document.spec().json();

        document.in(pod(NETWORK));

        assertThat(document.spec().json()).isEqualTo(before);
    }

    @Test
    void whatWeDoNotReadIsHandedOn() {
        JsonNode json = Documents.json(usual().in(pod(NETWORK)).spec().json());

        assertThat(json.at("/linux/seccomp/defaultAction").asString()).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(json.at("/process/noNewPrivileges").asBoolean()).isTrue();
    }

    private OciDocument usual() {
        return reader.document(Documents.bytes(Documents.config()));
    }

    private static PodSettings pod(SandboxNetwork network) {
        return new PodSettings(network, "web-0", List.of(RESOLVER, HOSTS), SHARED_MEMORY);
    }

    private static MountSpec bind(String source, String destination) {
        return new MountSpec("bind", source, destination, List.of("bind", "ro"));
    }

    private static Map<String, String> namespaces(OciSpec spec) {
        JsonNode namespaces = Documents.json(spec.json()).at("/linux/namespaces");
        return StreamSupport.stream(namespaces.spliterator(), false)
                .collect(
                        Collectors.toMap(
                                it -> it.path("type").asString(),
                                it -> it.path("path").asString("")));
    }
}
