// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Mount options as containerd writes them, sorted into what mount(2) wants (linux/mount.h).
 *
 * @param flags the MS_ flags that are set, propagation apart
 * @param propagation the MS_ flags that have to be a call of their own; 0 if none
 * @param data what is no flag and so for the file system, joined with commas
 */
record MountOptions(long flags, long propagation, String data) {
    static final long RDONLY = 1;
    static final long REMOUNT = 32;
    static final long BIND = 4096;
    static final long REC = 16384;
    static final long PRIVATE = 1 << 18;

    private static final long NOSUID = 2;
    private static final long NODEV = 4;
    private static final long NOEXEC = 8;
    private static final long SYNCHRONOUS = 16;
    private static final long MANDLOCK = 64;
    private static final long DIRSYNC = 128;
    private static final long NOSYMFOLLOW = 256;
    private static final long NOATIME = 1024;
    private static final long NODIRATIME = 2048;
    private static final long SILENT = 32768;
    private static final long UNBINDABLE = 1 << 17;
    private static final long SLAVE = 1 << 19;
    static final long SHARED = 1 << 20;
    private static final long RELATIME = 1 << 21;
    private static final long STRICTATIME = 1 << 24;

    /**
     * The flags of a bind mount's own that a remount has to say, for a bind itself ignores them.
     */
    private static final long PER_MOUNT =
            RDONLY
                    | NOSUID
                    | NODEV
                    | NOEXEC
                    | NOSYMFOLLOW
                    | NOATIME
                    | NODIRATIME
                    | RELATIME
                    | STRICTATIME;

    private static final Map<String, Long> SET =
            Map.ofEntries(
                    entry("ro", RDONLY),
                    entry("nosuid", NOSUID),
                    entry("nodev", NODEV),
                    entry("noexec", NOEXEC),
                    entry("sync", SYNCHRONOUS),
                    entry("remount", REMOUNT),
                    entry("mand", MANDLOCK),
                    entry("dirsync", DIRSYNC),
                    entry("nosymfollow", NOSYMFOLLOW),
                    entry("noatime", NOATIME),
                    entry("nodiratime", NODIRATIME),
                    entry("bind", BIND),
                    entry("rbind", BIND | REC),
                    entry("silent", SILENT),
                    entry("relatime", RELATIME),
                    entry("strictatime", STRICTATIME),
                    entry("defaults", 0L));

    private static final Map<String, Long> CLEARED =
            Map.ofEntries(
                    entry("rw", RDONLY),
                    entry("suid", NOSUID),
                    entry("dev", NODEV),
                    entry("exec", NOEXEC),
                    entry("async", SYNCHRONOUS),
                    entry("nomand", MANDLOCK),
                    entry("symfollow", NOSYMFOLLOW),
                    entry("atime", NOATIME),
                    entry("diratime", NODIRATIME),
                    entry("loud", SILENT),
                    entry("norelatime", RELATIME),
                    entry("nostrictatime", STRICTATIME));

    private static final Map<String, Long> PROPAGATION =
            Map.ofEntries(
                    entry("private", PRIVATE),
                    entry("rprivate", PRIVATE | REC),
                    entry("slave", SLAVE),
                    entry("rslave", SLAVE | REC),
                    entry("shared", SHARED),
                    entry("rshared", SHARED | REC),
                    entry("unbindable", UNBINDABLE),
                    entry("runbindable", UNBINDABLE | REC));

    /** A later option overrides an earlier one. */
    static MountOptions parse(List<String> options) {
        long flags = 0;
        long propagation = 0;
        var data = new ArrayList<String>();
        for (var option : options) {
            if (SET.containsKey(option)) {
                flags |= SET.get(option);
            } else if (CLEARED.containsKey(option)) {
                flags &= ~CLEARED.get(option);
            } else if (PROPAGATION.containsKey(option)) {
                propagation = PROPAGATION.get(option);
            } else {
                data.add(option);
            }
        }
        return new MountOptions(flags, propagation, String.join(",", data));
    }

    boolean isBind() {
        return (flags & BIND) != 0 && (flags & REMOUNT) == 0;
    }

    /** Whether a bind has to be followed by a remount that gives it flags of its own. */
    boolean changesBind() {
        return isBind() && (flags & PER_MOUNT) != 0;
    }

    /** The flags of that remount. It is not recursive: what is mounted below keeps its own. */
    long remountFlags() {
        return (flags & ~REC) | REMOUNT;
    }
}
