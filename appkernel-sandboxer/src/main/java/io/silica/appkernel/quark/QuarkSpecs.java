// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the OCI specifications that Quark is given. */
final class QuarkSpecs {
    private static final JsonMapper JSON = JsonMapper.shared();

    private QuarkSpecs() {}

    /** That of a sandbox: its network, what it may use, and a process that is never started. */
    static byte[] sandbox(SandboxSpec spec) {
        var document = JSON.createObjectNode().put("ociVersion", "1.0.0");
        var process = document.putObject("process").put("terminal", false).put("cwd", "/");
        process.putObject("user").put("uid", 0).put("gid", 0);
        process.putArray("args");
        process.putArray("env");
        document.putObject("root").put("path", "rootfs").put("readonly", false);
        if (!spec.hostname().isEmpty()) {
            document.put("hostname", spec.hostname());
        }
        var linux = document.putObject("linux");
        resources(linux.putObject("resources"), spec.resources().total());
        var namespaces = linux.putArray("namespaces");
        if (spec.network() instanceof SandboxNetwork.Namespace(Path path)) {
            namespaces.addObject().put("type", "network").put("path", path.toString());
        }
        return JSON.writeValueAsBytes(document);
    }

    private static void resources(ObjectNode document, Resources resources) {
        if (resources.memoryLimitBytes() > 0) {
            document.putObject("memory").put("limit", resources.memoryLimitBytes());
        }
        var cpu = document.putObject("cpu");
        if (resources.cpuShares() > 0) {
            cpu.put("shares", resources.cpuShares());
        }
        if (resources.cpuQuotaMicros() > 0) {
            cpu.put("quota", resources.cpuQuotaMicros());
            cpu.put("period", resources.cpuPeriodMicros());
        }
    }

    /**
     * That of a container. Its bind mounts are made on the host and are not in it; of the host it
     * names nothing, and its annotations are those by which Quark knows whose it is.
     *
     * @throws SandboxException.Unsupported if it asks for what would be left out silently
     */
    static byte[] container(ContainerConfig config) {
        var document = (ObjectNode) JSON.readTree(config.spec().json());
        document.remove(Set.of("hooks"));
        document.withObject("root").put("path", "rootfs");
        document.withObject("process").remove(Set.of("apparmorProfile", "selinuxLabel"));
        annotate(document, config.sandbox());
        withoutBinds(config, document.withArray("mounts"));
        var linux = document.withObject("linux");
        linux.remove(Set.of("cgroupsPath", "mountLabel"));
        namespaces(config, linux.withArray("namespaces"));
        return JSON.writeValueAsBytes(document);
    }

    private static void annotate(ObjectNode document, SandboxId sandbox) {
        document.putObject("annotations")
                .put("io.kubernetes.cri.container-type", "container")
                .put("io.kubernetes.cri.sandbox-id", sandbox.value());
    }

    /** The mounts of the specification are those of the document, in the same order. */
    private static void withoutBinds(ContainerConfig config, ArrayNode mounts) {
        var read = config.spec().mounts();
        for (int i = read.size() - 1; i >= 0; i--) {
            if (read.get(i).isBind()) {
                mounts.remove(i);
            }
        }
    }

    /** The network is the sandbox's. */
    private static void namespaces(ContainerConfig config, ArrayNode namespaces) {
        for (var namespace : namespaces) {
            if (isOf(namespace, "user")) {
                throw new SandboxException.Unsupported(
                        "container \"%s\" asks for a user namespace: Quark pods have none"
                                .formatted(config.id()));
            }
            namespace.asObject().remove("path");
        }
        namespaces.removeIf(it -> isOf(it, "network"));
    }

    private static boolean isOf(JsonNode namespace, String type) {
        return namespace.path("type").asString("").equals(type);
    }

    /** The first process of a container, for those that are added. */
    static byte[] process(byte[] container) {
        return JSON.writeValueAsBytes(JSON.readTree(container).path("process"));
    }

    /**
     * A process that is added: what is not said of it is as with the first one.
     *
     * @param first what {@link #process} has made of that
     */
    static byte[] added(byte[] first, ProcessSpec added) {
        var process = (ObjectNode) JSON.readTree(first);
        process.put("terminal", added.terminal()).put("cwd", added.cwd());
        strings(process.putArray("args"), added.args());
        strings(process.putArray("env"), added.env());
        var user = process.putObject("user");
        user.put("uid", added.user().uid()).put("gid", added.user().gid());
        added.user().additionalGids().forEach(user.putArray("additionalGids")::add);
        return JSON.writeValueAsBytes(process);
    }

    private static void strings(ArrayNode array, List<String> strings) {
        strings.forEach(array::add);
    }
}
