// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.OptionalInt;

/**
 * The system calls that a {@link SyscallFilter} can name: those that a program which is confined
 * has use for. Numbers as in {@link Syscall}; one number is of a call that aarch64 does not have.
 */
public enum KernelCall {
    // Reading and writing of what is open.
    READ(0, 63),
    WRITE(1, 64),
    READV(19, 65),
    WRITEV(20, 66),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    PREADV(295, 69),
    PWRITEV(296, 70),
    PREADV2(327, 286),
    PWRITEV2(328, 287),
    LSEEK(8, 62),
    SENDFILE(40, 71),
    SPLICE(275, 76),
    TEE(276, 77),
    COPY_FILE_RANGE(326, 285),
    CLOSE(3, 57),
    CLOSE_RANGE(436, 436),
    DUP(32, 23),
    DUP2(33),
    DUP3(292, 24),
    FCNTL(72, 25),
    FLOCK(73, 32),
    IOCTL(16, 29),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    SYNC_FILE_RANGE(277, 84),
    FTRUNCATE(77, 46),
    FALLOCATE(285, 47),
    FADVISE64(221, 223),
    READAHEAD(187, 213),
    PIPE(22),
    PIPE2(293, 59),
    MEMFD_CREATE(319, 279),
    // Files beneath descriptors, and what the JVM reads of its own.
    OPEN(2),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    CREAT(85),
    STAT(4),
    LSTAT(6),
    FSTAT(5, 80),
    NEWFSTATAT(262, 79),
    STATX(332, 291),
    STATFS(137, 43),
    FSTATFS(138, 44),
    ACCESS(21),
    FACCESSAT(269, 48),
    FACCESSAT2(439, 439),
    GETDENTS64(217, 61),
    GETCWD(79, 17),
    READLINK(89),
    READLINKAT(267, 78),
    RENAME(82),
    RENAMEAT(264, 38),
    RENAMEAT2(316, 276),
    MKDIR(83),
    MKDIRAT(258, 34),
    RMDIR(84),
    LINK(86),
    LINKAT(265, 37),
    UNLINK(87),
    UNLINKAT(263, 35),
    SYMLINK(88),
    SYMLINKAT(266, 36),
    TRUNCATE(76, 45),
    UTIMES(235),
    FUTIMESAT(261),
    UTIMENSAT(280, 88),
    // Sockets that are handed over.
    ACCEPT(43, 202),
    ACCEPT4(288, 242),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    SENDMMSG(307, 269),
    RECVMMSG(299, 243),
    SHUTDOWN(48, 210),
    GETSOCKNAME(51, 204),
    GETPEERNAME(52, 205),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    // Waiting.
    POLL(7),
    PPOLL(271, 73),
    SELECT(23),
    PSELECT6(270, 72),
    EPOLL_CREATE(213),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_WAIT(232),
    EPOLL_PWAIT(281, 22),
    EPOLL_PWAIT2(441, 441),
    EVENTFD(284),
    EVENTFD2(290, 19),
    TIMERFD_CREATE(283, 85),
    TIMERFD_SETTIME(286, 86),
    TIMERFD_GETTIME(287, 87),
    NANOSLEEP(35, 101),
    CLOCK_NANOSLEEP(230, 115),
    RESTART_SYSCALL(219, 128),
    // Memory.
    MMAP(9, 222),
    MUNMAP(11, 215),
    MPROTECT(10, 226),
    MREMAP(25, 216),
    MADVISE(28, 233),
    MINCORE(27, 232),
    MSYNC(26, 227),
    BRK(12, 214),
    MEMBARRIER(324, 283),
    // Threads.
    CLONE(56, 220),
    CLONE3(435, 435),
    EXECVE(59, 221),
    EXIT(60, 93),
    EXIT_GROUP(231, 94),
    FUTEX(202, 98),
    FUTEX_WAITV(449, 449),
    SET_TID_ADDRESS(218, 96),
    SET_ROBUST_LIST(273, 99),
    GET_ROBUST_LIST(274, 100),
    RSEQ(334, 293),
    ARCH_PRCTL(158),
    PRCTL(157, 167),
    SCHED_YIELD(24, 124),
    SCHED_GETAFFINITY(204, 123),
    SCHED_GETPARAM(143, 121),
    SCHED_GETSCHEDULER(145, 120),
    SCHED_GET_PRIORITY_MAX(146, 125),
    SCHED_GET_PRIORITY_MIN(147, 126),
    GETPRIORITY(140, 141),
    SETPRIORITY(141, 140),
    GETCPU(309, 168),
    // Signals; the pid namespace bounds whom they reach.
    KILL(62, 129),
    TKILL(200, 130),
    TGKILL(234, 131),
    RT_SIGACTION(13, 134),
    RT_SIGPROCMASK(14, 135),
    RT_SIGRETURN(15, 139),
    RT_SIGPENDING(127, 136),
    RT_SIGTIMEDWAIT(128, 137),
    RT_SIGSUSPEND(130, 133),
    SIGALTSTACK(131, 132),
    // Time, and what a process asks about itself.
    CLOCK_GETTIME(228, 113),
    CLOCK_GETRES(229, 114),
    GETTIMEOFDAY(96, 169),
    TIME(201),
    TIMES(100, 153),
    GETRUSAGE(98, 165),
    GETRLIMIT(97, 163),
    PRLIMIT64(302, 261),
    SYSINFO(99, 179),
    UNAME(63, 160),
    GETPID(39, 172),
    GETTID(186, 178),
    GETPPID(110, 173),
    GETPGRP(111),
    GETPGID(121, 155),
    GETSID(124, 156),
    GETUID(102, 174),
    GETEUID(107, 175),
    GETGID(104, 176),
    GETEGID(108, 177),
    GETRESUID(118, 148),
    GETRESGID(120, 150),
    GETGROUPS(115, 158),
    GETRANDOM(318, 278);

    private static final int MISSING = -1;

    private final int x86;
    private final int arm;

    KernelCall(int x86) {
        this(x86, MISSING);
    }

    KernelCall(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** Its number; empty if there is no such call. */
    OptionalInt number(Architecture architecture) {
        int number = architecture.pick(x86, arm);
        return number == MISSING ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
