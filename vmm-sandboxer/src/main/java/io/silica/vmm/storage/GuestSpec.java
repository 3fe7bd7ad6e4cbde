// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.storage;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A container's OCI specification as a guest can carry it out: of the host it names nothing.
 *
 * <p>The machine is the pod, so that its network, its host name and its IPC objects are the guest's
 * own, and process ids that the pod shares are those of the guest. What the host's security modules
 * are told is moot there. Annotations would change how a container is run.
 */
public final class GuestSpec {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAMESPACES = "namespaces";

    /** What is the machine's own, whatever the specification says. */
    private static final Set<String> OF_THE_MACHINE = Set.of("network", "ipc", "uts");

    private GuestSpec() {}

    /**
     * The mounts whose source is a file or directory of the host. The pod's shared memory is not
     * among them: that is the guest's.
     */
    static List<MountSpec> shared(ContainerConfig config) {
        return config.spec().mounts().stream()
                .filter(MountSpec::isBind)
                .filter(mount -> !isSharedMemory(config, mount))
                .toList();
    }

    private static boolean isSharedMemory(ContainerConfig config, MountSpec mount) {
        return mount.destination().equals("/dev/shm")
                && Path.of(mount.source()).endsWith(Path.of(config.sandbox().value(), "shm"));
    }

    /**
     * The specification for a guest, in JSON.
     *
     * @throws SandboxException.Unsupported if it asks for what would be left out silently
     */
    public static byte[] of(ContainerConfig config) {
        var document = (ObjectNode) JSON.readTree(config.spec().json());
        document.remove(Set.of("annotations", "hooks", "hostname", "domainname"));
        document.withObject("root").put("path", "rootfs");
        document.withObject("process").remove(Set.of("apparmorProfile", "selinuxLabel"));
        mounts(config, document.withArray("mounts"));
        linux(config, document.withObject("linux"));
        return JSON.writeValueAsBytes(document);
    }

    private static void mounts(ContainerConfig config, ArrayNode mounts) {
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (i < config.spec().mounts().size()) {
                var mount = config.spec().mounts().get(i);
                if (isSharedMemory(config, mount)) {
                    mounts.remove(i);
                } else if (mount.isBind()) {
                    mounts.get(i).asObject().put("source", "");
                }
            }
        }
    }

    private static void linux(ContainerConfig config, ObjectNode linux) {
        linux.remove(Set.of("cgroupsPath", "mountLabel"));
        requireNone(config, linux.path("devices"), "devices of the host");
        requireNone(config, linux.path("uidMappings"), "a user namespace");
        var namespaces = linux.withArray(NAMESPACES);
        for (var namespace : namespaces) {
            if (isOf(namespace, "user")) {
                throw unsupported(config, "a user namespace");
            }
        }
        namespaces.removeIf(it -> OF_THE_MACHINE.contains(type(it)));
        // One that the pod shares is the guest's; a container's own has no path.
        namespaces.removeIf(it -> isOf(it, "pid") && it.has("path"));
        namespaces.forEach(it -> it.asObject().remove("path"));
        if (linux.path("resources").path("cpu") instanceof ObjectNode cpu) {
            // Numbers of the host's processors.
            cpu.remove(Set.of("cpus", "mems"));
        }
    }

    private static void requireNone(ContainerConfig config, JsonNode asked, String what) {
        if (!asked.isEmpty()) {
            throw unsupported(config, what);
        }
    }

    private static SandboxException unsupported(ContainerConfig config, String what) {
        return new SandboxException.Unsupported(
                "container \"%s\" asks for %s: a virtual machine has none"
                        .formatted(config.id(), what));
    }

    private static boolean isOf(JsonNode namespace, String type) {
        return type(namespace).equals(type);
    }

    private static String type(JsonNode namespace) {
        return namespace.path("type").asString("");
    }

    /** What a container's first process is, for those that are added to it: in JSON. */
    public static byte[] process(ContainerConfig config) {
        var document = (ObjectNode) JSON.readTree(of(config));
        return JSON.writeValueAsBytes(document.path("process"));
    }

    /**
     * A process that is added: what is not said of it is as with the first one.
     *
     * @param first what {@link #process} has made of that
     */
    public static byte[] added(byte[] first, ProcessSpec added) {
        var process = (ObjectNode) JSON.readTree(first);
        process.remove("consoleSize");
        process.put("terminal", added.terminal()).put("cwd", added.cwd());
        strings(process.putArray("args"), added.args());
        strings(process.putArray("env"), added.env());
        var user = process.putObject("user");
        user.put("uid", added.user().uid()).put("gid", added.user().gid());
        var groups = user.putArray("additionalGids");
        added.user().additionalGids().forEach(groups::add);
        return JSON.writeValueAsBytes(process);
    }

    private static void strings(ArrayNode array, List<String> strings) {
        strings.forEach(array::add);
    }

    /** OCI resources, in JSON. */
    public static byte[] resources(Resources resources) {
        var document = JSON.createObjectNode();
        if (resources.memoryLimitBytes() > 0) {
            document.putObject("memory").put("limit", resources.memoryLimitBytes());
        }
        var cpu = document.putObject("cpu");
        if (resources.cpuShares() > 0) {
            cpu.put("shares", resources.cpuShares());
        }
        if (resources.cpuPeriodMicros() > 0) {
            cpu.put("quota", resources.cpuQuotaMicros() == 0 ? -1 : resources.cpuQuotaMicros());
            cpu.put("period", resources.cpuPeriodMicros());
        }
        return JSON.writeValueAsBytes(document);
    }
}
