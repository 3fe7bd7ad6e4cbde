// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.ProcessSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a process of the OCI runtime specification. */
final class ProcessReader {
    /** More than the 2 MiB that Linux takes for arguments and environment can hold. */
    private static final int MAXIMUM_STRINGS = 131_072;

    /** NGROUPS_MAX of Linux. */
    private static final int MAXIMUM_GROUPS = 65_536;

    /** Linux has 16 kinds of limit and each may be given once. */
    private static final int MAXIMUM_RLIMITS = 16;

    /** Linux takes the number above, 2<sup>32</sup> - 1, for "leave it as it is". */
    private static final long MAXIMUM_IDENTITY = 0xffff_fffeL;

    /** A working directory there is one of the runtime's own descriptors (CVE-2024-21626). */
    private static final Pattern DESCRIPTORS =
            Pattern.compile("/proc/[^/]+/(?:task/[^/]+/)?fd(?:info)?(?:/.*)?", Pattern.DOTALL);

    private ProcessReader() {}

    static ProcessSpec read(Field process) {
        process.optional("rlimits").ifPresent(ProcessReader::requireRlimits);
        return new ProcessSpec(
                args(process.required("args")),
                process.optional("env").map(ProcessReader::env).orElse(List.of()),
                cwd(process.required("cwd")),
                user(process.required("user")),
                process.optional("terminal").map(Field::flag).orElse(false));
    }

    private static List<String> args(Field field) {
        List<String> args = field.texts(MAXIMUM_STRINGS);
        if (args.isEmpty()) {
            throw field.problem("is empty");
        }
        if (args.getFirst().isEmpty()) {
            throw field.problem("names no program");
        }
        return args;
    }

    private static List<String> env(Field field) {
        return field.elements(MAXIMUM_STRINGS).stream().map(ProcessReader::variable).toList();
    }

    private static String variable(Field field) {
        String variable = field.text();
        if (variable.indexOf('=') < 1) {
            throw field.problem("is not of the form NAME=value");
        }
        return variable;
    }

    private static String cwd(Field field) {
        String cwd = field.absolutePath();
        if (ContainerPath.steps(cwd).stream().anyMatch(DESCRIPTORS.asMatchPredicate())) {
            throw field.problem("is a descriptor of a process");
        }
        return cwd;
    }

    private static ProcessSpec.User user(Field user) {
        return new ProcessSpec.User(
                identity(user.required("uid")),
                identity(user.required("gid")),
                user.optional("additionalGids").map(ProcessReader::groups).orElse(List.of()));
    }

    private static List<Long> groups(Field field) {
        return field.elements(MAXIMUM_GROUPS).stream().map(ProcessReader::identity).toList();
    }

    private static long identity(Field field) {
        return field.between(0, MAXIMUM_IDENTITY);
    }

    private static void requireRlimits(Field field) {
        Set<String> types = new HashSet<>();
        for (Field rlimit : field.elements(MAXIMUM_RLIMITS)) {
            Field type = rlimit.required("type");
            if (!types.add(type.text())) {
                throw type.problem("is given twice");
            }
            requireRlimit(rlimit);
        }
    }

    private static void requireRlimit(Field rlimit) {
        Field soft = rlimit.required("soft");
        if (soft.unsigned64().compareTo(rlimit.required("hard").unsigned64()) > 0) {
            throw soft.problem("is above the hard limit");
        }
    }
}
