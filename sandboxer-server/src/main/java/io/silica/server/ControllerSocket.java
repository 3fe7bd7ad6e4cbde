// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.UnixListener;
import io.silica.sandbox.SandboxException;
import io.silica.server.listen.SocketFile;
import io.silica.server.notify.DescriptorStore;
import io.silica.server.notify.InheritedDescriptors;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * The listener of the Controller service. Where the service manager keeps it, it is the same in
 * every life of the daemon, so that who dials in between waits and is not refused.
 */
final class ControllerSocket implements AutoCloseable {
    /** The name that it is parked under. */
    static final String NAME = "controller";

    private static final Logger LOGGER = System.getLogger(ControllerSocket.class.getName());

    private final Path path;
    private final UnixListener listener;
    private final DescriptorStore store;
    private volatile boolean parked;

    private ControllerSocket(
            Path path, UnixListener listener, DescriptorStore store, boolean parked) {
        this.path = path;
        this.listener = listener;
        this.store = store;
        this.parked = parked;
    }

    /** Takes the one that was kept, or listens anew and has it kept. */
    static ControllerSocket open(Path path, InheritedDescriptors inherited, DescriptorStore store)
            throws InterruptedException {
        var kept = inherited.takeListener(NAME, path);
        if (kept.isPresent()) {
            store.keeps(NAME);
            return new ControllerSocket(path, kept.get(), store, true);
        }
        var socket = new ControllerSocket(path, SocketFile.listen(path), store, false);
        socket.park();
        return socket;
    }

    UnixListener listener() {
        return listener;
    }

    /** Has it kept, also by a service manager that has taken the place of another. */
    void park() throws InterruptedException {
        store.remove(NAME);
        parked = false;
        if (store.capacity() == 0) {
            return;
        }
        try {
            store.park(NAME, listener.descriptor());
            parked = true;
        } catch (SandboxException e) {
            // Without it the daemon is as good, only missed while it is gone.
            LOGGER.log(Level.WARNING, e.getMessage());
        }
    }

    /** Leaves the file where it is if somebody goes on to listen. */
    @Override
    public void close() throws IOException {
        listener.close();
        if (!parked) {
            SocketFile.remove(path);
        }
    }
}
