// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.Child;
import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.Optional;

/**
 * A process of a machine: a child of ours, or of an earlier life of the daemon. Closing it lets go
 * of it.
 *
 * @param name QEMU or a program beside it
 * @param identity which process it is
 * @param pidfd stays its owner's
 * @param handle closes what is open of it
 */
record Member(String name, ProcessIdentity identity, Pidfd pidfd, Runnable collect, Runnable handle)
        implements AutoCloseable {
    /** One that we have just started. */
    static Member of(String name, Child child) {
        var identity =
                ProcessIdentity.of(child.pid())
                        .orElseThrow(() ->
                                new SandboxException.Failed(
                                        name + " ended when it had just begun"));
        return new Member(
                name,
                identity,
                child.pidfd(),
                () -> {
                    var _ = child.status();
                },
                child::close);
    }

    /** One that runs still; empty if it does not. */
    static Optional<Member> find(String name, ProcessIdentity identity) {
        return Pidfd.open(identity).map(it -> new Member(name, identity, it, () -> {}, it::close));
    }

    int pid() {
        return identity.pid();
    }

    /** Calls back, on the poller's thread, when it has ended. */
    Poller.Watch onEnd(Poller poller, Runnable callback) {
        return poller.watch(
                pidfd.descriptor(),
                Epoll.READABLE,
                () -> {
                    collect.run();
                    callback.run();
                });
    }

    boolean hasEnded() {
        return pidfd.hasExited();
    }

    void kill() {
        var _ = pidfd.signal(Pidfd.SIGKILL);
    }

    /** Whether it has ended within that time. */
    boolean awaitEnd(Poller poller, Duration patience) {
        try {
            boolean ended = poller.await(pidfd.descriptor(), Epoll.READABLE, patience);
            if (ended) {
                collect.run();
            }
            return ended;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while " + name + " ends");
        }
    }

    @Override
    public void close() {
        handle.run();
    }
}
