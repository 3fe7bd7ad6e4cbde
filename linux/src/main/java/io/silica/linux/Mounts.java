// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * The classic mount(2) and umount2(2). Native because the JDK cannot mount.
 *
 * <p>Both can block for as long as a file system does not answer: on a bounded platform thread
 * only. They act on the mount namespace of the calling thread.
 */
public final class Mounts {
    /** The kernel takes one page of options. */
    static final int MAX_DATA = 4095;

    private static final int CLONE_FS = 0x200;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /**
     * Mounts as containerd describes it: a bind that asks for flags is remounted with them,
     * propagation is set last, and what is no known option goes to the file system. If a later step
     * is refused, the mount is taken away again.
     *
     * @param type of the file system; ignored for a bind
     * @param source what the type makes of it
     * @param target where; it exists, and no part of its path is for others to change
     * @throws LinuxException that names the target; E2BIG if the options fill more than a page:
     *     then {@link DetachedMount} can do it
     */
    public static void mount(String type, String source, Path target, List<String> options) {
        var parsed = MountOptions.parse(options);
        if (parsed.data().length() > MAX_DATA) {
            throw new LinuxException(Syscall.MOUNT.call(), target.toString(), Errno.E2BIG);
        }
        call(type, source, target, parsed.flags(), parsed.data());
        try {
            finish(source, target, parsed);
        } catch (RuntimeException e) {
            detach(target);
            throw e;
        }
    }

    /**
     * The same, where paths in the options, and the source, are relative to a directory: more of
     * them fit into a page. The target is absolute.
     */
    public static void mountFrom(
            Path directory, String type, String source, Path target, List<String> options) {
        try (var place = Descriptor.open(directory, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            OwnThread.finish(
                    "mount",
                    () -> {
                        // All threads of a process have one working directory, until one has not.
                        Syscall.UNSHARE.check(Syscall.UNSHARE.invoke(CLONE_FS, 0), "CLONE_FS");
                        place.call(Syscall.FCHDIR, 0, 0);
                        mount(type, source, target, options);
                    });
        }
    }

    private static void finish(String source, Path target, MountOptions options) {
        if (options.changesBind()) {
            call("", source, target, options.remountFlags(), "");
        }
        if (options.propagation() != 0) {
            call("", "", target, options.propagation(), "");
        }
    }

    /** What is mounted in this thread's namespace from now on is so in no other. */
    static void separate() {
        call("", "", Path.of("/"), MountOptions.REC | MountOptions.PRIVATE, "");
    }

    private static void call(String type, String source, Path target, long flags, String data) {
        try (var arena = Arena.ofConfined()) {
            long result =
                    Syscall.MOUNT.invoke(
                            arena.allocateFrom(source).address(),
                            arena.allocateFrom(target.toString()),
                            arena.allocateFrom(type).address(),
                            flags,
                            dataOrNull(arena, data).address(),
                            0);
            Syscall.MOUNT.check(result, target);
        }
    }

    private static MemorySegment dataOrNull(Arena arena, String data) {
        return data.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(data);
    }

    /**
     * Unmounts what is on top at a mount point; a symbolic link is not followed.
     *
     * @throws LinuxException EBUSY if it is in use, EINVAL if nothing is mounted there
     */
    public static void unmount(Path target) {
        unmount(target, UMOUNT_NOFOLLOW);
    }

    /** Takes it out of sight at once; it ends when nobody uses it any more. */
    public static void detach(Path target) {
        unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
    }

    /**
     * The same with the mount that a descriptor was opened at the root of, whatever has its path by
     * now.
     *
     * @throws LinuxException EINVAL if it is not the root of a mount
     */
    public static void detach(Descriptor root) {
        try (var arena = Arena.ofConfined()) {
            var call = Syscall.UMOUNT2;
            long result =
                    root.borrow(
                            call,
                            n ->
                                    call.invoke(
                                            arena.allocateFrom("/proc/self/fd/" + n).address(),
                                            MNT_DETACH));
            call.check(result, root.label());
        }
    }

    private static void unmount(Path target, int flags) {
        try (var arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(target.toString()).address();
            Syscall.UMOUNT2.check(Syscall.UMOUNT2.invoke(path, flags), target);
        }
    }
}
