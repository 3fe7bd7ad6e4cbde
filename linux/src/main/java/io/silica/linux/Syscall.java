// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * The system calls of this module, all made through libc's {@code syscall(2)}.
 *
 * <p>Every call has the same shape, so that two method handles serve the whole module: a handle per
 * function costs some ten milliseconds at the start of a daemon. A result is what the kernel gives:
 * not negative, or an errno negated, so that a refusal that is no surprise costs no exception.
 *
 * <p>Numbers: x86_64 from its syscall_64.tbl, aarch64 from asm-generic/unistd.h; from 424 on they
 * are the same.
 */
enum Syscall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    MMAP(9, 222),
    MPROTECT(10, 226),
    MUNMAP(11, 215),
    IOCTL(16, 29),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    SOCKET(41, 198),
    CONNECT(42, 203),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    SHUTDOWN(48, 210),
    BIND(49, 200),
    LISTEN(50, 201),
    GETSOCKNAME(51, 204),
    SOCKETPAIR(53, 199),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    KILL(62, 129),
    FCNTL(72, 25),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    FTRUNCATE(77, 46),
    FCHDIR(81, 50),
    FCHMOD(91, 52),
    FSTATFS(138, 44),
    GETPRIORITY(140, 141),
    SETPRIORITY(141, 140),
    PRCTL(157, 167),
    SYNC(162, 81),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    REBOOT(169, 142),
    SETHOSTNAME(170, 161),
    GETTID(186, 178),
    GETDENTS64(217, 61),
    CLOCK_SETTIME(227, 112),
    CLOCK_GETTIME(228, 113),
    EPOLL_CTL(233, 21),
    WAITID(247, 95),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    PPOLL(271, 73),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    EPOLL_PWAIT(281, 22),
    FALLOCATE(285, 47),
    ACCEPT4(288, 242),
    EVENTFD2(290, 19),
    EPOLL_CREATE1(291, 20),
    PIPE2(293, 59),
    PRLIMIT64(302, 261),
    SETNS(308, 268),
    RENAMEAT2(316, 276),
    BPF(321, 280),
    STATX(332, 291),
    PIDFD_SEND_SIGNAL(424, 424),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    PIDFD_OPEN(434, 434),
    OPENAT2(437, 437),
    MOUNT_SETATTR(442, 442);

    /** Has {@code restricted} suppressed because a downcall is what this class is for. */
    @SuppressWarnings("restricted")
    private static final class Handles {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final long ERRNO =
                STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

        private static final MethodHandle NUMBERS = link(JAVA_LONG);
        private static final MethodHandle BUFFER = link(ADDRESS);

        private static MethodHandle link(MemoryLayout second) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, second, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }
    }

    private static final CallStates STATES = new CallStates(Handles.STATE);

    private final long number;

    Syscall(int x86, int arm) {
        this.number = Architecture.CURRENT.pick(x86, arm);
    }

    /** Returns when the calls are linked, which the first use of this class is, too. */
    static void link() {
        Handles.BUFFER.type();
    }

    /** The name that the manual knows it by. */
    String call() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Preconditions: whatever memory the numbers point to stays allocated until this returns. */
    long invoke(long a, long b, long c, long d, long e, long f) {
        var state = STATES.take();
        try {
            long result = (long) Handles.NUMBERS.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -state.get(JAVA_INT, Handles.ERRNO) : result;
        } catch (Throwable failure) {
            throw unexpected(failure);
        } finally {
            STATES.give(state);
        }
    }

    /**
     * As the other, with a buffer as the second argument: its bounds are the caller's affair, its
     * life is checked.
     */
    long invoke(long a, MemorySegment b, long c, long d, long e, long f) {
        var state = STATES.take();
        try {
            long result = (long) Handles.BUFFER.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -state.get(JAVA_INT, Handles.ERRNO) : result;
        } catch (Throwable failure) {
            throw unexpected(failure);
        } finally {
            STATES.give(state);
        }
    }

    long invoke(long a, long b, long c, long d) {
        return invoke(a, b, c, d, 0, 0);
    }

    long invoke(long a, long b) {
        return invoke(a, b, 0, 0, 0, 0);
    }

    /**
     * Turns a negative result into the exception that names it.
     *
     * @param subject what the call was about; its words are wanted only if it was refused
     */
    long check(long result, Object subject) {
        if (result < 0) {
            throw refused(result, subject);
        }
        return result;
    }

    LinuxException refused(long result, Object subject) {
        return new LinuxException(call(), subject.toString(), (int) -result);
    }

    static boolean is(long result, Errno errno) {
        return result == -errno.number();
    }

    /**
     * A handle declares Throwable, but the only things that come are a closed arena and the like.
     */
    static RuntimeException unexpected(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(failure);
        };
    }
}
