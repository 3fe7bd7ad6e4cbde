// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.agent.json.JsonObject;
import io.silica.agent.json.JsonWriter;
import io.silica.proto.guest.GuestMount;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecEditorTest {
    private final SpecEditor editor =
            new SpecEditor(
                    new SharedDirectory(Path.of("/share")),
                    new PodFiles(Map.of("/etc/hosts", Path.of("/files/hosts")), Path.of("/shm")));

    @Test
    void versionRootAndCgroupAreOurs() {
        var spec =
                edit(
                        """
                        {"ociVersion": "1.2.1", "root": {"path": "rootfs", "readonly": true},
                         "linux": {"cgroupsPath": "kubepods:cri:1"}}
                        """);
        assertThat(JsonWriter.write(spec))
                .contains("\"ociVersion\":\"1.0.2\"")
                .contains("\"root\":{\"path\":\"/root\",\"readonly\":true}")
                .contains("\"cgroupsPath\":\"/pod/c\"");
    }

    @Test
    void thePodsNamespacesAreTheMachines() {
        var spec =
                edit(
                        """
                        {"linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/x"},
                          {"type": "ipc", "path": "/proc/1/ns/ipc"}, {"type": "uts"}, {"type": "mount"}]}}
                        """);
        assertThat(spec.object("linux").array("namespaces").objects())
                .extracting(it -> it.text("type"))
                .containsExactly("pid", "mount");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"type\": \"user\"}", "{\"type\": \"pid\", \"path\": \"/proc/7/ns/pid\"}"})
    void aNamespaceThatCannotBeHadIsRefused(String namespace) {
        assertThatThrownBy(() -> edit("{\"linux\": {\"namespaces\": [" + namespace + "]}}"))
                .isInstanceOf(SandboxException.Unsupported.class);
    }

    @Test
    void whatOnlyTheHostCanDoIsLeftOut() {
        var spec =
                edit(
                        """
                        {"hooks": {"prestart": []}, "annotations": {"run.oci.keep_original_groups": "1"},
                         "hostname": "h", "process": {"apparmorProfile": "p", "selinuxLabel": "s", "cwd": "/"},
                         "linux": {"sysctl": {"net.x": "1"}, "mountLabel": "m"}}
                        """);
        assertThat(JsonWriter.write(spec))
                .doesNotContain("hooks", "annotations", "hostname", "Profile", "Label", "sysctl")
                .contains("\"cwd\":\"/\"");
    }

    @Test
    void aMountOfTheHostGetsItsSourceInTheGuestAndKeepsItsPlaceAndOptions() {
        var spec =
                edit(
                        """
                        {"mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                          {"destination": "/data/", "type": "bind", "source": "/var/lib/x",
                           "options": ["rbind", "rslave", "rw"]}]}
                        """,
                        GuestMount.newBuilder().setDestination("/data").setSource("v/1").build());
        assertThat(mount(spec, 0)).contains("\"/proc\"");
        assertThat(mount(spec, 1))
                .contains("\"source\":\"/share/v/1\"", "\"destination\":\"/data/\"", "rslave");
    }

    @Test
    void filesAndSharedMemoryOfThePodAreThereWithoutBeingAskedFor() {
        var spec =
                edit(
                        """
                        {"mounts": [{"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
                          "options": ["size=64k"]}]}
                        """);
        assertThat(mount(spec, 0)).contains("\"source\":\"/shm\"").doesNotContain("size");
        assertThat(mount(spec, 1)).contains("\"source\":\"/files/hosts\"");
    }

    @Test
    void aMountWhoseSourceIsOnTheHostOnlyIsRefused() {
        assertThatThrownBy(() ->
                        edit(
                                """
                                {"mounts": [{"destination": "/x", "type": "none", "source": "/y",
                                  "options": ["rbind"]}]}
                                """))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/abs", "a/../b", "..", "a//b", "a,b", "a:b", "a\\b", "a\nb"})
    void aSharedPathThatLeadsElsewhereIsRefused(String source) {
        var mount = GuestMount.newBuilder().setDestination("/x").setSource(source).build();
        assertThatThrownBy(() -> edit("{}", mount))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }

    private JsonObject edit(String json, GuestMount... mounts) {
        return editor.container(json, Path.of("/root"), "/pod/c", List.of(mounts));
    }

    private static String mount(JsonObject spec, int index) {
        return JsonWriter.write(spec.array("mounts").objects().get(index));
    }
}
