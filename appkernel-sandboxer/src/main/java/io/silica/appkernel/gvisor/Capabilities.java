// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.util.Collection;
import java.util.List;

/** Linux's capabilities by name (linux/capability.h). */
final class Capabilities {
    private static final List<String> NAMES =
            List.of(
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "DAC_READ_SEARCH",
                    "FOWNER",
                    "FSETID",
                    "KILL",
                    "SETGID",
                    "SETUID",
                    "SETPCAP",
                    "LINUX_IMMUTABLE",
                    "NET_BIND_SERVICE",
                    "NET_BROADCAST",
                    "NET_ADMIN",
                    "NET_RAW",
                    "IPC_LOCK",
                    "IPC_OWNER",
                    "SYS_MODULE",
                    "SYS_RAWIO",
                    "SYS_CHROOT",
                    "SYS_PTRACE",
                    "SYS_PACCT",
                    "SYS_ADMIN",
                    "SYS_BOOT",
                    "SYS_NICE",
                    "SYS_RESOURCE",
                    "SYS_TIME",
                    "SYS_TTY_CONFIG",
                    "MKNOD",
                    "LEASE",
                    "AUDIT_WRITE",
                    "AUDIT_CONTROL",
                    "SETFCAP",
                    "MAC_OVERRIDE",
                    "MAC_ADMIN",
                    "SYSLOG",
                    "WAKE_ALARM",
                    "BLOCK_SUSPEND",
                    "AUDIT_READ",
                    "PERFMON",
                    "BPF",
                    "CHECKPOINT_RESTORE");

    private Capabilities() {}

    /** A bit for each, by its number; a name that is not known has none. */
    static long bits(Collection<String> names) {
        long bits = 0;
        for (var name : names) {
            int number = NAMES.indexOf(name.replaceFirst("^CAP_", ""));
            if (number >= 0) {
                bits |= 1L << number;
            }
        }
        return bits;
    }
}
