// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.Optional;

/**
 * A handle on a process that its pid's next owner cannot take over (pidfd_open(2)). Native because
 * {@code ProcessHandle} goes by the pid, takes a thread per process to wait and cannot send any
 * signal.
 *
 * <p>Any thread may call any method; none blocks.
 */
public final class Pidfd implements AutoCloseable {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    private static final int P_PIDFD = 3;

    private final Descriptor descriptor;

    private Pidfd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a process by its pid: it is the caller's to know that it is still the one meant.
     *
     * @throws LinuxException ESRCH if there is none
     */
    public static Pidfd open(int pid) {
        var label = "process " + pid;
        long result = Syscall.PIDFD_OPEN.invoke(pid, 0);
        return new Pidfd(new Descriptor(Syscall.PIDFD_OPEN.check(result, label), label));
    }

    /** Opens the very process that was seen before; empty if it is gone. */
    public static Optional<Pidfd> open(ProcessIdentity identity) {
        Pidfd pidfd;
        try {
            pidfd = open(identity.pid());
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
        // In this order: what has the identity now had it, and the pid, when the handle was opened.
        if (identity.isCurrent()) {
            return Optional.of(pidfd);
        }
        pidfd.close();
        return Optional.empty();
    }

    /**
     * What to wait on: it is readable when the process has exited. It stays the property of this.
     */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Whether it has exited; perhaps nobody has collected its status yet. */
    public boolean hasExited() {
        return descriptor.isReady(Epoll.READABLE);
    }

    /**
     * Sends a signal.
     *
     * @return false if the process is gone
     * @throws LinuxException EPERM, or EINVAL if there is no such signal
     */
    public boolean signal(int signal) {
        long result = descriptor.attempt(Syscall.PIDFD_SEND_SIGNAL, signal, 0, 0, 0);
        if (Syscall.is(result, Errno.ESRCH)) {
            return false;
        }
        Syscall.PIDFD_SEND_SIGNAL.check(result, descriptor.label());
        return true;
    }

    /**
     * Collects the status of a child that has exited; empty if it has not. It can be collected
     * once.
     *
     * @throws LinuxException ECHILD if it is not a child of ours
     */
    Optional<ExitStatus> reap() {
        try (var info = new ChildInfo()) {
            var call = Syscall.WAITID;
            long result =
                    descriptor.borrow(
                            call,
                            n ->
                                    call.invoke(
                                            P_PIDFD,
                                            n,
                                            info.address(),
                                            ChildInfo.WEXITED | ChildInfo.WNOHANG));
            call.check(result, descriptor.label());
            return info.pid() == 0 ? Optional.empty() : Optional.of(info.status());
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
