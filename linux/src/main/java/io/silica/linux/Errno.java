// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The reason that the kernel gives for a refusal (asm-generic/errno.h; the same numbers on x86_64
 * and aarch64).
 */
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    ESRCH(3, "no such process"),
    EINTR(4, "interrupted by a signal"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or nobody at the other end"),
    E2BIG(7, "argument list too long"),
    ENOEXEC(8, "not an executable format"),
    EBADF(9, "not an open descriptor"),
    ECHILD(10, "no such child"),
    EAGAIN(11, "would block"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EFAULT(14, "bad address"),
    ENOTBLK(15, "not a block device"),
    EBUSY(16, "busy"),
    EEXIST(17, "already exists"),
    EXDEV(18, "crosses a boundary that was not to be crossed"),
    ENODEV(19, "no such device or file system type"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files on the machine"),
    EMFILE(24, "too many open files in this process"),
    ENOTTY(25, "request unknown to this kind of descriptor"),
    ETXTBSY(26, "executable is being written"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left"),
    ESPIPE(29, "cannot seek"),
    EROFS(30, "read-only file system"),
    EMLINK(31, "too many links"),
    EPIPE(32, "nobody reads the other end"),
    ERANGE(34, "out of range"),
    ENAMETOOLONG(36, "name too long"),
    ENOSYS(38, "not in this kernel"),
    ENOTEMPTY(39, "directory not empty"),
    ELOOP(40, "too many symbolic links, or one where none is allowed"),
    ENODATA(61, "no data"),
    EPROTO(71, "protocol error"),
    EOVERFLOW(75, "value too large"),
    EUSERS(87, "too many users"),
    ENOTSOCK(88, "not a socket"),
    EDESTADDRREQ(89, "no destination given"),
    EMSGSIZE(90, "message too long"),
    EPROTOTYPE(91, "wrong type of socket for this address"),
    ENOPROTOOPT(92, "no such socket option"),
    EPROTONOSUPPORT(93, "protocol not supported"),
    EOPNOTSUPP(95, "not supported"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available"),
    ENETDOWN(100, "network is down"),
    ECONNABORTED(103, "connection aborted"),
    ECONNRESET(104, "connection reset"),
    ENOBUFS(105, "no buffer space"),
    EISCONN(106, "already connected"),
    ENOTCONN(107, "not connected"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "nobody listens"),
    EALREADY(114, "already in progress"),
    EINPROGRESS(115, "in progress"),
    ESTALE(116, "stale file handle"),
    EDQUOT(122, "quota exceeded"),
    /** Any number that has no name here. */
    UNKNOWN(0, "reason without a name");

    private static final Map<Integer, Errno> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(Errno::number, Function.identity()));

    private final int number;
    private final String reason;

    Errno(int number, String reason) {
        this.number = number;
        this.reason = reason;
    }

    static Errno of(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
    }

    int number() {
        return number;
    }

    /** Whether it says that the machine has no more of something, whoever asks. */
    public boolean isExhausted() {
        return switch (this) {
            case EMFILE, ENFILE, ENOSPC, ENOMEM -> true;
            default -> false;
        };
    }

    /** The reason in words. */
    public String reason() {
        return reason;
    }
}
