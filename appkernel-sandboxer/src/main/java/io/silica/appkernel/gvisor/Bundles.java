// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.nio.file.Path;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the OCI specifications that runsc is given. */
final class Bundles {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAMESPACES = "namespaces";

    /** Containers whose pid namespace has the same path share it; nobody opens the path. */
    private static final String POD_PIDS = "/silica/pod/pid";

    private Bundles() {}

    /** The root container, which does nothing. */
    static byte[] pod(SandboxSpec spec, Path root, String... command) {
        var document = JSON.createObjectNode().put("ociVersion", "1.0.0");
        var process = document.putObject("process").put("cwd", "/");
        process.putObject("user").put("uid", 0).put("gid", 0);
        for (var argument : command) {
            process.withArray("args").add(argument);
        }
        document.putObject("root").put("path", root.toString()).put("readonly", true);
        if (!spec.hostname().isEmpty()) {
            document.put("hostname", spec.hostname());
        }
        annotate(document, "sandbox");
        var namespaces = document.putObject("linux").putArray(NAMESPACES);
        namespaces.addObject().put("type", "pid").put("path", POD_PIDS);
        for (var type : new String[] {"ipc", "uts", "mount"}) {
            namespaces.addObject().put("type", type);
        }
        joinNetwork(namespaces, spec.network());
        return JSON.writeValueAsBytes(document);
    }

    /**
     * A container as it is to be carried out in a pod.
     *
     * <p>Of its annotations none is left: some would change how it is run. Its namespaces are the
     * sentry's own, so that paths of the host mean nothing; its limits are those of the pod.
     *
     * @throws SandboxException.Unsupported if it asks for what gVisor has not
     * @throws SandboxException.InvalidArgument if its filter of system calls makes no sense
     */
    static byte[] container(ContainerConfig config, SandboxNetwork network) {
        var document = (ObjectNode) JSON.readTree(config.spec().json());
        document.withObject("root").put("path", config.rootfs().toString());
        annotate(document, "container");
        var linux = document.withObject("linux");
        linux.remove(Set.of("cgroupsPath", "resources"));
        if (linux.get("seccomp") instanceof ObjectNode filter) {
            SystemCallFilter.translate(config.id(), filter);
        }
        var namespaces = linux.withArray(NAMESPACES);
        requireNoUserNamespace(config, namespaces);
        for (var namespace : namespaces) {
            namespaces(namespace.asObject());
        }
        namespaces.removeIf(it -> isOf(it, "network"));
        joinNetwork(namespaces, network);
        return JSON.writeValueAsBytes(document);
    }

    private static void namespaces(ObjectNode namespace) {
        if (namespace.remove("path") != null && isOf(namespace, "pid")) {
            namespace.put("path", POD_PIDS);
        }
    }

    private static void requireNoUserNamespace(ContainerConfig config, ArrayNode namespaces) {
        namespaces.forEach(it -> {
            if (isOf(it, "user")) {
                throw new SandboxException.Unsupported(
                        "container \"%s\" asks for a user namespace: gVisor pods have none yet"
                                .formatted(config.id()));
            }
        });
    }

    private static boolean isOf(JsonNode namespace, String type) {
        return namespace.path("type").asString("").equals(type);
    }

    private static void joinNetwork(ArrayNode namespaces, SandboxNetwork network) {
        if (network instanceof SandboxNetwork.Namespace(Path path)) {
            namespaces.addObject().put("type", "network").put("path", path.toString());
        }
    }

    private static void annotate(ObjectNode document, String type) {
        document.putObject("annotations")
                .put("io.kubernetes.cri.container-type", type)
                .put("io.kubernetes.cri.sandbox-id", PodPlaces.ROOT_CONTAINER);
    }
}
