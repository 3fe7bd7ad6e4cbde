// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that we started, and whose exit status is ours to collect.
 *
 * <p>Any thread may call any method. Closing it lets go of the handle, not of the process: a child
 * that is to end must be signalled and its status collected first, else it stays as a zombie.
 */
public final class Child implements AutoCloseable {
    private final int pid;
    private final Pidfd pidfd;
    private @Nullable ExitStatus status;

    Child(int pid, Pidfd pidfd) {
        this.pid = pid;
        this.pidfd = pidfd;
    }

    /**
     * A child that we did not start: an orphan that came to us as its {@link Subreaper}. Never one
     * of {@code java.lang.Process}, which collects its own.
     *
     * @throws LinuxException ESRCH if there is none
     */
    public static Child adopt(int pid) {
        return new Child(pid, Pidfd.open(pid));
    }

    /** The same for the very one that was seen before; empty if it is gone. */
    public static Optional<Child> adopt(ProcessIdentity identity) {
        return Pidfd.open(identity).map(it -> new Child(identity.pid(), it));
    }

    public int pid() {
        return pid;
    }

    /** For signals and for waiting; it stays the property of this. */
    public Pidfd pidfd() {
        return pidfd;
    }

    /** How it ended; empty if it has not. Collects the status when there is one. */
    public synchronized Optional<ExitStatus> status() {
        if (status == null) {
            status = pidfd.reap().orElse(null);
        }
        return Optional.ofNullable(status);
    }

    /**
     * Calls back when it has ended.
     *
     * @param callback runs on the poller's thread: it must not block
     */
    public Poller.Watch onExit(Poller poller, Consumer<ExitStatus> callback) {
        return poller.watch(pidfd.descriptor(), Epoll.READABLE, () -> status().ifPresent(callback));
    }

    /** Waits until it has ended; empty if the time was up first. */
    public Optional<ExitStatus> await(Poller poller, Duration timeout) throws InterruptedException {
        return poller.await(pidfd.descriptor(), Epoll.READABLE, timeout)
                ? status()
                : Optional.empty();
    }

    /**
     * Kills it, and waits for that long at the most to collect its status; an interrupt ends the
     * waiting, and stays.
     */
    public void end(Poller poller, Duration patience) {
        var _ = pidfd.signal(Pidfd.SIGKILL);
        try {
            var _ = await(poller, patience);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        pidfd.close();
    }
}
