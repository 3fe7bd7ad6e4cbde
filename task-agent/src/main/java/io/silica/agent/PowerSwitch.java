// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.agent.container.Containers;
import io.silica.linux.Machine;
import io.silica.linux.Pidfd;
import io.silica.sandbox.ProcessState;
import io.silica.ttrpc.TtrpcServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Ends the machine in order. */
final class PowerSwitch {
    private static final Logger LOGGER = System.getLogger(PowerSwitch.class.getName());

    /** What is left to be told after the last process has ended gets no longer than this. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Containers containers;
    private final Runnable off;
    private volatile TtrpcServer server;
    private boolean used;

    /**
     * @param off what switches off when all is done
     */
    @SuppressWarnings("NullAway.Init")
    PowerSwitch(Containers containers, Runnable off) {
        this.containers = containers;
        this.off = off;
    }

    /** Whose calls are answered before the end. */
    void serving(TtrpcServer those) {
        server = those;
    }

    /** Begins the end, on a thread of its own; once. */
    synchronized void off(Duration grace) {
        if (!used) {
            used = true;
            Thread.ofPlatform().name("power-off").start(() -> run(grace));
        }
    }

    private void run(Duration grace) {
        try {
            end(grace);
            server.shutdown(LAST_WORDS);
        } catch (InterruptedException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "an unclean end", e);
        }
        Machine.sync();
        off.run();
    }

    private void end(Duration grace) throws InterruptedException {
        signalAll(Pidfd.SIGTERM);
        long end = System.nanoTime() + grace.toNanos();
        while (anyRuns() && System.nanoTime() - end < 0) {
            Thread.sleep(5);
        }
        if (anyRuns()) {
            signalAll(Pidfd.SIGKILL);
        }
    }

    private void signalAll(int signal) {
        for (var container : containers.all()) {
            try {
                container.cgroup().signal(signal);
            } catch (RuntimeException e) {
                LOGGER.log(Level.DEBUG, "nothing to signal", e);
            }
        }
    }

    private boolean anyRuns() {
        return containers.all().stream()
                .flatMap(container -> container.processes().stream())
                .anyMatch(process -> process.state() instanceof ProcessState.Running);
    }
}
