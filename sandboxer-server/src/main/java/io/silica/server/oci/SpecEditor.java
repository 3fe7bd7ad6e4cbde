// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.SandboxNetwork;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes into a specification what the pod changes in it. */
final class SpecEditor {
    /** Where namespaces of a sandbox without a process are said to be. */
    private static final String NOWHERE = "/proc/0/";

    private final ObjectNode tree;
    private final OciSpec spec;

    /**
     * @param tree what is changed
     * @param spec what it says before
     */
    SpecEditor(ObjectNode tree, OciSpec spec) {
        this.tree = tree;
        this.spec = spec;
    }

    void apply(PodSettings pod) {
        ArrayNode namespaces = array(object(tree, "linux"), "namespaces");
        switch (pod.network()) {
            case SandboxNetwork.Host() -> useHostNetwork(namespaces);
            case SandboxNetwork.Namespace(Path path) -> useNetwork(namespaces, path, pod);
        }
        namespaces.forEach(SpecEditor::leaveOutNowhere);
        addMounts(array(tree, "mounts"), pod);
    }

    /** A pod in the host's network has the host's name too. */
    private static void useHostNetwork(ArrayNode namespaces) {
        namespaces.removeIf(it -> isOf(it, "network"));
        namespaces.removeIf(it -> isOf(it, "uts") && isNowhere(it));
    }

    private void useNetwork(ArrayNode namespaces, Path path, PodSettings pod) {
        namespaces.removeIf(it -> isOf(it, "network"));
        namespaces.addObject().put("type", "network").put("path", path.toString());
        if (spec.hostname().isEmpty() && !pod.hostname().isEmpty()) {
            tree.put("hostname", pod.hostname());
        }
    }

    private static void leaveOutNowhere(JsonNode namespace) {
        if (isNowhere(namespace)) {
            namespace.asObject().remove("path");
        }
    }

    private void addMounts(ArrayNode mounts, PodSettings pod) {
        int own = ownSharedMemory(pod.sharedMemory());
        if (own >= 0) {
            mounts.set(own, node(pod.sharedMemory()));
        }
        Set<String> taken =
                spec.mounts().stream().map(SpecEditor::destination).collect(Collectors.toSet());
        if (!taken.contains(destination(pod.sharedMemory()))) {
            mounts.add(node(pod.sharedMemory()));
        }
        pod.files().stream()
                .filter(file -> !taken.contains(destination(file)))
                .forEach(file -> mounts.add(node(file)));
    }

    /** The index of a mount that the container alone would see, or -1; a bind mount is meant. */
    private int ownSharedMemory(MountSpec shared) {
        for (int i = 0; i < spec.mounts().size(); i++) {
            MountSpec mount = spec.mounts().get(i);
            if (!mount.isBind() && destination(mount).equals(destination(shared))) {
                return i;
            }
        }
        return -1;
    }

    private ObjectNode node(MountSpec mount) {
        ObjectNode node = tree.objectNode();
        node.put("destination", mount.destination());
        node.put("type", mount.type()).put("source", mount.source());
        mount.options().forEach(node.putArray("options")::add);
        return node;
    }

    private static String destination(MountSpec mount) {
        return ContainerPath.normalized(mount.destination());
    }

    private static boolean isOf(JsonNode namespace, String type) {
        return namespace.path("type").asString().equals(type);
    }

    private static boolean isNowhere(JsonNode namespace) {
        return namespace.path("path").asString("").startsWith(NOWHERE);
    }

    private static ObjectNode object(ObjectNode parent, String name) {
        return parent.path(name) instanceof ObjectNode there ? there : parent.putObject(name);
    }

    private static ArrayNode array(ObjectNode parent, String name) {
        return parent.path(name) instanceof ArrayNode there ? there : parent.putArray(name);
    }
}
