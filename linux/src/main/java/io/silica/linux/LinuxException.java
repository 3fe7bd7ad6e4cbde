// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/** The kernel refused a call. The message names the call, what it was about, and the reason. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String subject;
    private final Errno errno;

    /**
     * A refusal that this module, not the kernel, has found: the reason says it in the kernel's
     * words.
     */
    LinuxException(String call, String subject, Errno errno) {
        this(call, subject, errno, errno.number());
    }

    LinuxException(String call, String subject, int number) {
        this(call, subject, Errno.of(number), number);
    }

    private LinuxException(String call, String subject, Errno errno, int number) {
        super("%s %s: %s".formatted(call, subject, describe(errno, number)));
        this.call = call;
        this.subject = subject;
        this.errno = errno;
    }

    private static String describe(Errno errno, int number) {
        return errno == Errno.UNKNOWN
                ? "errno " + number
                : "%s (%s)".formatted(errno.reason(), errno.name());
    }

    /** The system call, for instance {@code openat2}. */
    public String call() {
        return call;
    }

    /** The path, address or descriptor that the call was about. */
    public String subject() {
        return subject;
    }

    /** Why it was refused. */
    public Errno errno() {
        return errno;
    }
}
