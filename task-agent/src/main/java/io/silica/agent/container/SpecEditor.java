// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.agent.json.JsonArray;
import io.silica.agent.json.JsonException;
import io.silica.agent.json.JsonObject;
import io.silica.agent.json.JsonReader;
import io.silica.agent.json.JsonValue;
import io.silica.proto.guest.GuestMount;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes of an OCI specification for a container on the host one for a container in this machine.
 *
 * <p>The pod is the machine, so its namespaces are the machine's: network, ipc and uts of the
 * specification are left out. What only the host can do is left out as well (hooks, AppArmor,
 * SELinux), and so are annotations, some of which crun would obey.
 */
final class SpecEditor {
    /**
     * The version that crun 1.8 knows; it refuses 1.2 and later, which differ in nothing of ours.
     */
    private static final String VERSION = "1.0.2";

    private static final Set<String> OF_THE_POD = Set.of("network", "ipc", "uts");
    private static final String SHARED_MEMORY = "/dev/shm";

    private final SharedDirectory share;
    private final PodFiles pod;

    SpecEditor(SharedDirectory share, PodFiles pod) {
        this.share = share;
        this.pod = pod;
    }

    /**
     * The specification of a container.
     *
     * @param json containerd's
     * @param rootfs the absolute path of the root file system
     * @param cgroup the path of its cgroup, from the root of all
     * @param mounts what takes the place of mounts whose source is on the host
     * @throws SandboxException.InvalidArgument if it is none, or wants what cannot be had
     */
    JsonObject container(String json, Path rootfs, String cgroup, List<GuestMount> mounts) {
        var spec = object("specification", json);
        boolean readOnly = spec.object("root").isTrue("readonly");
        spec.put("ociVersion", VERSION);
        spec.put(
                "root",
                new JsonObject()
                        .put("path", rootfs.toString())
                        .put("readonly", readOnly ? JsonValue.TRUE : JsonValue.FALSE));
        for (var name : List.of("hooks", "annotations", "hostname", "domainname")) {
            spec.remove(name);
        }
        editProcess(spec.object("process"));
        editLinux(spec.object("linux"), cgroup);
        editMounts(spec.array("mounts"), mounts);
        return spec;
    }

    /**
     * The specification of an additional process.
     *
     * @throws SandboxException.InvalidArgument if it is none
     */
    static JsonObject process(String json, boolean terminal) {
        var process = object("process", json);
        process.put("terminal", terminal ? JsonValue.TRUE : JsonValue.FALSE);
        editProcess(process);
        return process;
    }

    private static JsonObject object(String what, String json) {
        try {
            return JsonReader.readObject(json);
        } catch (JsonException e) {
            throw new SandboxException.InvalidArgument(
                    "the " + what + " is not JSON: " + e.getMessage(), e);
        }
    }

    private static void editProcess(JsonObject process) {
        process.remove("apparmorProfile");
        process.remove("selinuxLabel");
    }

    private static void editLinux(JsonObject linux, String cgroup) {
        linux.put("cgroupsPath", cgroup);
        // The pod's are the machine's: they are set there.
        linux.remove("sysctl");
        linux.remove("mountLabel");
        linux.remove("intelRdt");
        var namespaces = linux.array("namespaces");
        for (var namespace : namespaces.objects()) {
            check(namespace);
        }
        namespaces.removeObjects(it -> OF_THE_POD.contains(it.text("type")));
    }

    private static void check(JsonObject namespace) {
        var type = namespace.text("type");
        if (type.equals("user")) {
            throw new SandboxException.Unsupported("there are no user namespaces in a guest");
        }
        if (!OF_THE_POD.contains(type) && !namespace.text("path").isEmpty()) {
            throw new SandboxException.Unsupported(
                    "a " + type + " namespace of the host cannot be entered from a guest");
        }
    }

    private void editMounts(JsonArray mounts, List<GuestMount> shared) {
        Map<String, JsonObject> ours = new HashMap<>();
        pod.files()
                .forEach((destination, file) ->
                        ours.put(destination, bind(destination, file, false)));
        ours.put(SHARED_MEMORY, bind(SHARED_MEMORY, pod.sharedMemory(), false));
        for (var mount : shared) {
            var destination = normalized(mount.getDestination());
            ours.put(
                    destination,
                    bind(destination, share.resolve(mount.getSource()), mount.getReadOnly()));
        }
        replace(mounts, ours);
        ours.values().forEach(mounts::add);
    }

    /** In their places, for a mount can be below another; what is replaced is taken from ours. */
    private static void replace(JsonArray mounts, Map<String, JsonObject> ours) {
        for (var mount : mounts.objects()) {
            var replacement = ours.remove(normalized(mount.text("destination")));
            if (replacement != null) {
                takeSource(mount, replacement);
            } else if (isBind(mount)) {
                throw new SandboxException.InvalidArgument(
                        "the mount on %s has its source on the host, and none in the guest"
                                .formatted(mount.text("destination")));
            }
        }
    }

    /** A bind keeps its own options, such as its propagation. */
    private static void takeSource(JsonObject mount, JsonObject replacement) {
        if (!isBind(mount) || replacement.array("options").texts().contains("ro")) {
            mount.put("options", replacement.array("options"));
        }
        mount.put("type", "bind");
        mount.put("source", replacement.text("source"));
    }

    private static boolean isBind(JsonObject mount) {
        var options = mount.array("options").texts();
        return mount.text("type").equals("bind")
                || options.contains("bind")
                || options.contains("rbind");
    }

    private static JsonObject bind(String destination, Path source, boolean readOnly) {
        return new JsonObject()
                .put("destination", destination)
                .put("type", "bind")
                .put("source", source.toString())
                .put("options", JsonArray.ofTexts("rbind", "rprivate", readOnly ? "ro" : "rw"));
    }

    private static String normalized(String destination) {
        return Path.of("/").resolve(destination).normalize().toString();
    }
}
