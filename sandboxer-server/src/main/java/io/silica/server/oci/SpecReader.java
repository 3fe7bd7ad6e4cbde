// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.Resources;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a whole specification of a container. */
final class SpecReader {
    private static final int MAXIMUM_MOUNTS = 5_000;
    private static final int MAXIMUM_OPTIONS = 256;
    private static final int MAXIMUM_ANNOTATIONS = 10_000;

    /** HOST_NAME_MAX of Linux. */
    private static final int MAXIMUM_HOSTNAME = 64;

    /** The one name that containerd gives it, and beside which it mounts nothing itself. */
    private static final String ROOTFS = "rootfs";

    private static final Set<String> NAMESPACES =
            Set.of("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time");

    private SpecReader() {}

    static OciSpec read(Field root, String json) {
        requireVersion(root.required("ociVersion"));
        Optional<Field> linux = root.optional("linux");
        linux.flatMap(it -> it.optional("namespaces")).ifPresent(SpecReader::requireNamespaces);
        return new OciSpec(
                ProcessReader.read(root.required("process")),
                rootReadOnly(root.required("root")),
                root.optional("hostname").map(SpecReader::hostname),
                root.optional("mounts").map(SpecReader::mounts).orElse(List.of()),
                root.optional("annotations")
                        .map(it -> it.textsByName(MAXIMUM_ANNOTATIONS))
                        .orElse(Map.of()),
                linux.flatMap(it -> it.optional("cgroupsPath")).flatMap(SpecReader::cgroupsPath),
                linux.flatMap(it -> it.optional("resources"))
                        .map(ResourcesReader::read)
                        .orElse(Resources.UNLIMITED),
                json);
    }

    private static void requireVersion(Field version) {
        if (!version.text().startsWith("1.")) {
            throw version.problem("is not 1.x, the only version that is understood");
        }
    }

    private static boolean rootReadOnly(Field root) {
        Field path = root.required("path");
        if (!path.text().equals(ROOTFS)) {
            throw path.problem("is not \"" + ROOTFS + "\", where containerd wants it mounted");
        }
        return root.optional("readonly").map(Field::flag).orElse(false);
    }

    private static String hostname(Field field) {
        String hostname = field.text();
        if (hostname.isEmpty() || hostname.length() > MAXIMUM_HOSTNAME) {
            throw field.problem("does not have 1 to " + MAXIMUM_HOSTNAME + " characters");
        }
        return hostname;
    }

    private static List<MountSpec> mounts(Field field) {
        return field.elements(MAXIMUM_MOUNTS).stream().map(SpecReader::mount).toList();
    }

    private static MountSpec mount(Field field) {
        MountSpec mount =
                new MountSpec(
                        field.optional("type").map(Field::text).orElse(""),
                        field.optional("source").map(Field::text).orElse(""),
                        field.required("destination").absolutePath(),
                        field.optional("options")
                                .map(it -> it.texts(MAXIMUM_OPTIONS))
                                .orElse(List.of()));
        requireKind(field, mount);
        return mount;
    }

    private static void requireKind(Field field, MountSpec mount) {
        if (mount.isBind() && mount.source().isEmpty()) {
            throw field.problem("is a bind mount without a source");
        }
        if (!mount.isBind() && mount.type().isEmpty()) {
            throw field.problem("has no type");
        }
    }

    private static Optional<String> cgroupsPath(Field field) {
        String path = field.text();
        if (List.of(path.split("/", -1)).contains("..")) {
            throw field.problem("leads out of its parent");
        }
        return path.isEmpty() ? Optional.empty() : Optional.of(path);
    }

    private static void requireNamespaces(Field field) {
        Set<String> types = new HashSet<>();
        for (Field namespace : field.elements(NAMESPACES.size())) {
            Field type = namespace.required("type");
            if (!NAMESPACES.contains(type.text())) {
                throw type.problem("is no namespace of Linux");
            }
            if (!types.add(type.text())) {
                throw type.problem("is given twice");
            }
            namespace.optional("path").ifPresent(SpecReader::requireNamespacePath);
        }
    }

    private static void requireNamespacePath(Field path) {
        if (!path.text().isEmpty()) {
            path.absolutePath();
        }
    }
}
