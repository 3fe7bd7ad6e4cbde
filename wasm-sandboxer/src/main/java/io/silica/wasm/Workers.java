// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The worker of this node: found again if an earlier daemon left one, started when it is first
 * needed, replaced when it has died. Any thread may call any method; a start takes its time.
 */
final class Workers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Workers.class.getName());

    private final WorkerCommand command;
    private final WorkerFiles files;
    private final Poller poller;
    private @Nullable Worker current;

    Workers(WorkerCommand command, WorkerFiles files, Poller poller) {
        this.command = command;
        this.files = files;
        this.poller = poller;
    }

    /** One that lives. */
    synchronized Worker get() {
        return existing().orElseGet(this::start);
    }

    /** The one that lives, if there is one. */
    synchronized Optional<Worker> existing() {
        if (current != null && !current.isAlive()) {
            current.close();
            current = null;
        }
        if (current == null) {
            current = Worker.adopt(files, poller).orElse(null);
        }
        return Optional.ofNullable(current);
    }

    private Worker start() {
        var started = Worker.start(command, files, poller);
        LOG.log(System.Logger.Level.INFO, "started a wasm worker, pid " + started.pid());
        current = started;
        return started;
    }

    /** Lets go of the worker; it lives on. */
    @Override
    public synchronized void close() {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
