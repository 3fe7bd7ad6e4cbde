// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.Bundle;
import io.silica.vmm.storage.GuestSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class GuestSpecTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path IMAGE = Path.of("/image");

    @Test
    void nothingOfTheHostIsLeftInIt() {
        var document = Bundle.spec("pod", List.of("sleep"));
        document.putObject("hooks").putArray("prestart").addObject().put("path", "/host/hook");
        var process = (ObjectNode) document.path("process");
        process.put("apparmorProfile", "host-profile").put("selinuxLabel", "host-label");
        var linux = (ObjectNode) document.path("linux");
        linux.put("cgroupsPath", "/host/cgroup");
        var namespaces = linux.withArray("namespaces");
        for (var type : List.of("pid", "ipc", "uts", "network", "mount", "cgroup")) {
            namespaces.addObject().put("type", type).put("path", "/proc/1/ns/host-" + type);
        }
        var spec = text(GuestSpec.of(config(document, List.of())));
        assertThat(spec.toString()).doesNotContain("host").doesNotContain("sandbox-id");
        assertThat(spec.path("linux").path("namespaces"))
                .extracting(it -> it.path("type").asString())
                .containsExactly("mount", "cgroup");
    }

    @Test
    void aContainersOwnProcessIdsStayItsOwn() {
        var document = Bundle.spec("pod", List.of("sleep"));
        document.withObject("linux").withArray("namespaces").addObject().put("type", "pid");
        var spec = text(GuestSpec.of(config(document, List.of())));
        assertThat(spec.path("linux").path("namespaces")).hasSize(1);
    }

    @Test
    void sourcesOfMountsAreTakenOutAndThePodsSharedMemoryIsTheGuests() {
        var document = Bundle.spec("pod", List.of("sleep"));
        var mounts =
                List.of(
                        new MountSpec("proc", "proc", "/proc", List.of()),
                        new MountSpec("bind", "/host/volume", "/data", List.of("rbind")),
                        new MountSpec("bind", "/state/pods/pod/shm", "/dev/shm", List.of("rbind")));
        for (var mount : mounts) {
            document.withArray("mounts")
                    .addObject()
                    .put("destination", mount.destination())
                    .put("type", mount.type())
                    .put("source", mount.source());
        }
        var spec = text(GuestSpec.of(config(document, mounts)));
        assertThat(spec.path("mounts"))
                .extracting(it -> it.path("destination").asString())
                .containsExactly("/proc", "/data");
        assertThat(spec.path("mounts").path(1).path("source").asString()).isEmpty();
    }

    @Test
    void whatAVirtualMachineCannotGiveIsRefusedInWords() {
        var devices = Bundle.spec("pod", List.of("sleep"));
        devices.withObject("linux").withArray("devices").addObject().put("path", "/dev/kmsg");
        assertThatThrownBy(() -> GuestSpec.of(config(devices, List.of())))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("devices of the host");
        var users = Bundle.spec("pod", List.of("sleep"));
        users.withObject("linux").withArray("namespaces").addObject().put("type", "user");
        assertThatThrownBy(() -> GuestSpec.of(config(users, List.of())))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("user namespace");
    }

    @Test
    void anAddedProcessHasTheRightsOfTheFirstOneAndItsOwnArguments() {
        var document = Bundle.spec("pod", List.of("sleep"));
        var process = (ObjectNode) document.path("process");
        process.put("noNewPrivileges", true);
        process.putObject("capabilities").putArray("bounding").add("CAP_KILL");
        var first = GuestSpec.process(config(document, List.of()));
        var added =
                text(
                        GuestSpec.added(
                                first,
                                new ProcessSpec(
                                        List.of("exit", "3"),
                                        List.of("A=b"),
                                        "/tmp",
                                        new ProcessSpec.User(7, 8, List.of(9L)),
                                        true)));
        assertThat(added.path("args").path(1).asString()).isEqualTo("3");
        assertThat(added.path("user").toString())
                .isEqualTo("{\"uid\":7,\"gid\":8,\"additionalGids\":[9]}");
        assertThat(added.path("terminal").asBoolean()).isTrue();
        assertThat(added.path("noNewPrivileges").asBoolean()).isTrue();
        assertThat(added.path("capabilities").path("bounding")).hasSize(1);
    }

    private static ContainerConfig config(ObjectNode document, List<MountSpec> mounts) {
        var process =
                new ProcessSpec(List.of("sleep"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        mounts,
                        Map.of(),
                        Optional.empty(),
                        Resources.UNLIMITED,
                        document.toString());
        return new ContainerConfig(PodInMemory.ID, PodInMemory.POD, IMAGE, IMAGE, spec, Stdio.NONE);
    }

    private static JsonNode text(byte[] json) {
        return JSON.readTree(json);
    }
}
