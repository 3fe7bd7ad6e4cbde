// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Signal;
import java.time.InstantSource;
import java.util.Optional;

/** A sentry that runs. Closing it lets go of the process; it lives on. */
final class Sentry implements AutoCloseable {
    private final int pid;
    private final ControlSocket control;
    private final Pidfd pidfd;
    private final Exit death = new Exit();
    private final Poller.Watch watch;

    private Sentry(SentryRecord record, Pidfd pidfd, Poller poller, Orphans orphans) {
        this.pid = record.identity().pid();
        this.pidfd = pidfd;
        this.control = new ControlSocket(record.socket(), poller);
        this.watch =
                poller.watch(
                        pidfd.descriptor(),
                        Epoll.READABLE,
                        () -> {
                            orphans.look();
                            ended();
                        });
    }

    /** The one of that record; empty if it is gone. */
    static Optional<Sentry> find(SentryRecord record, Poller poller, Orphans orphans) {
        return Pidfd.open(record.identity())
                .map(pidfd -> new Sentry(record, pidfd, poller, orphans));
    }

    /** It is gone. */
    void ended() {
        death.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
    }

    int pid() {
        return pid;
    }

    ControlSocket control() {
        return control;
    }

    /** Its end, with the status that everything in it has by that. */
    Exit death() {
        return death;
    }

    boolean isAlive() {
        return death.status().isEmpty() && !pidfd.hasExited();
    }

    @Override
    public void close() {
        watch.close();
        pidfd.close();
    }
}
