// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory beneath which paths of strangers are resolved (openat2(2)). Native because the JDK
 * resolves a path as a string and can be led astray between its look and its leap.
 *
 * <p>Opening can block for as long as a file system does not answer: on a bounded platform thread
 * only, where others own it.
 */
public final class Beneath implements AutoCloseable {
    private static final long HOW_SIZE = 24;
    private static final int ATTEMPTS = 100;

    /** What a path may do on its way; neither may use a magic link of /proc. */
    public enum Resolve {
        /**
         * Symbolic links and {@code ..} may go anywhere inside; one that leads out is refused
         * (EXDEV).
         */
        BENEATH(0x08 | 0x02),
        /** As if the directory were the root: what leads out ends at it. */
        IN_ROOT(0x10 | 0x02),
        /** As {@link #BENEATH}, and any symbolic link is refused (ELOOP). */
        NO_SYMLINKS(0x08 | 0x04 | 0x02);

        private final long bits;

        Resolve(long bits) {
            this.bits = bits;
        }
    }

    private final Descriptor root;

    private Beneath(Descriptor root) {
        this.root = root;
    }

    /** The directory that a descriptor is, which becomes the property of this. */
    public static Beneath at(Descriptor directory) {
        return new Beneath(directory);
    }

    /** Opens the directory, whose own path is trusted. */
    public static Beneath of(Path directory) {
        return new Beneath(Descriptor.open(directory, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    /**
     * Opens a path.
     *
     * @param path relative to the directory; a leading slash is the directory only with {@link
     *     Resolve#IN_ROOT}
     * @throws LinuxException EXDEV if it leads out, ELOOP if it meets a link that is not allowed,
     *     ENOENT
     */
    public Descriptor open(String path, Resolve resolve, OpenFlag... flags) {
        return open(path, resolve, 0600, flags);
    }

    /**
     * Opens a path.
     *
     * @param path as in the other
     * @param mode of a file that is made; the umask takes bits away
     * @throws LinuxException as the other
     */
    public Descriptor open(String path, Resolve resolve, int mode, OpenFlag... flags) {
        boolean creates = List.of(flags).contains(OpenFlag.CREATE);
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            var how =
                    arena.allocateFrom(
                            JAVA_LONG, OpenFlag.bits(flags), creates ? mode : 0, resolve.bits);
            var subject = path + " beneath " + root.label();
            return new Descriptor(
                    Syscall.OPENAT2.check(attempt(name, how.address()), subject), subject);
        }
    }

    /** When something is renamed meanwhile, the kernel may not know whether a path leads out. */
    private long attempt(MemorySegment name, long how) {
        var call = Syscall.OPENAT2;
        long result;
        int attempts = 0;
        do {
            result = root.borrow(call, n -> call.invoke(n, name, how, HOW_SIZE, 0, 0));
            attempts++;
        } while (Syscall.is(result, Errno.EAGAIN) && attempts < ATTEMPTS);
        return result;
    }

    /**
     * Makes a directory in one that exists.
     *
     * @param parent resolved as in {@link #open}
     * @param name a single name
     * @param mode of which the umask may take bits away
     */
    public void createDirectory(String parent, String name, int mode, Resolve resolve) {
        if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not the name of a directory: " + name);
        }
        try (var arena = Arena.ofConfined();
                var directory = open(parent, resolve, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            long result = directory.attempt(Syscall.MKDIRAT, arena.allocateFrom(name), mode, 0);
            Syscall.MKDIRAT.check(result, name + " in " + directory.label());
        }
    }

    /** The directory itself; it stays the property of this. */
    public Descriptor descriptor() {
        return root;
    }

    @Override
    public void close() {
        root.close();
    }
}
