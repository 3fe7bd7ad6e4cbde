// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * The functions of libc that are more than a system call: {@code posix_spawn} is a vfork that
 * nobody should write again.
 *
 * <p>One method handle serves them all: they take integers and pointers and return an errno, and
 * both calling conventions (System V x86_64, AAPCS64) pass the first six of those in registers,
 * where a function with fewer parameters does not look.
 */
enum Libc {
    POSIX_SPAWN,
    POSIX_SPAWN_FILE_ACTIONS_INIT,
    POSIX_SPAWN_FILE_ACTIONS_DESTROY,
    POSIX_SPAWN_FILE_ACTIONS_ADDDUP2,
    POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE,
    POSIX_SPAWN_FILE_ACTIONS_ADDCHDIR_NP,
    POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP,
    POSIX_SPAWNATTR_INIT,
    POSIX_SPAWNATTR_DESTROY,
    POSIX_SPAWNATTR_SETFLAGS,
    POSIX_SPAWNATTR_SETSIGMASK,
    POSIX_SPAWNATTR_SETSIGDEFAULT;

    /** Has {@code restricted} suppressed because a downcall is what this class is for. */
    @SuppressWarnings("restricted")
    private static final MethodHandle HANDLE =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG));

    private final long address =
            Linker.nativeLinker().defaultLookup().findOrThrow(call()).address();

    private String call() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Calls and throws if it is refused. Preconditions: whatever memory the numbers point to stays
     * allocated until this returns.
     */
    void invoke(String subject, long a, long b, long c, long d, long e, long f) {
        int errno = attempt(a, b, c, d, e, f);
        if (errno != 0) {
            throw new LinuxException(call(), subject, errno);
        }
    }

    void invoke(String subject, long a, long b, long c) {
        invoke(subject, a, b, c, 0, 0, 0);
    }

    private int attempt(long a, long b, long c, long d, long e, long f) {
        var function = MemorySegment.ofAddress(address);
        try {
            return (int) HANDLE.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable failure) {
            throw Syscall.unexpected(failure);
        }
    }
}
