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
import java.util.OptionalLong;

/** A sentry that runs. Closing it lets go of the process; it lives on. */
final class Sentry implements AutoCloseable {
    private final int pid;
    private final ControlSocket control;
    private final Pidfd pidfd;
    private final Exit death = new Exit();
    private volatile boolean stopping;
    private final Freeze freeze;
    private final MemoryKills kills;
    private final Poller.Watch watch;

    private Sentry(SentryRecord record, Pidfd pidfd, PodTools tools) {
        this.pid = record.identity().pid();
        this.pidfd = pidfd;
        this.control =
                new ControlSocket(record.socket(), tools.poller(), tools.config().patience());
        this.freeze = new Freeze(tools.places().freeze(), control);
        this.kills = MemoryKills.of(tools);
        this.watch =
                tools.poller()
                        .watch(
                                pidfd.descriptor(),
                                Epoll.READABLE,
                                () -> {
                                    tools.orphans().look();
                                    ended();
                                });
    }

    /** The one of that record; empty if it is gone. */
    static Optional<Sentry> find(SentryRecord record, PodTools tools) {
        return Pidfd.open(record.identity())
                .filter(Sentry::lives)
                .map(pidfd -> of(record, pidfd, tools));
    }

    private static Sentry of(SentryRecord record, Pidfd pidfd, PodTools tools) {
        try {
            return new Sentry(record, pidfd, tools);
        } catch (RuntimeException e) {
            pidfd.close();
            throw e;
        }
    }

    /** One that has ended may wait for somebody to collect it. */
    private static boolean lives(Pidfd pidfd) {
        if (pidfd.hasExited()) {
            pidfd.close();
            return false;
        }
        return true;
    }

    /** It is going to be killed by us. */
    void stopping() {
        stopping = true;
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

    /** Whether its guests run. */
    Freeze freeze() {
        return freeze;
    }

    /** How often the kernel has killed something in it for want of memory. */
    long memoryKills() {
        return kills.count();
    }

    /**
     * Tells if a container of it that has been killed was so for want of memory.
     *
     * @param whenKilled what {@link #memoryKills} was when we killed that container, if we did
     */
    void ifOutOfMemory(OptionalLong whenKilled, Runnable tell) {
        if (isAlive()) {
            kills.ifTookContainer(whenKilled, tell);
        } else if (!stopping && kills.tookSentry()) {
            tell.run();
        }
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
        control.close();
        watch.close();
        pidfd.close();
    }
}
