// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of something, known once and then for ever. A wait that is held open costs a listener,
 * not a thread.
 *
 * <p>Safe for use by any thread. Listeners run on the thread that completes, or at once on the
 * registering one where the end is known already: they must not block.
 */
public final class Exit {
    private final Object lock = new Object();
    private List<Consumer<ExitStatus>> listeners = new ArrayList<>();
    private volatile @Nullable ExitStatus status;

    /** An end that has not come. */
    public Exit() {}

    /** An end that has come. */
    public static Exit of(ExitStatus status) {
        var exit = new Exit();
        exit.complete(status);
        return exit;
    }

    /** The status if it is known. */
    public Optional<ExitStatus> status() {
        return Optional.ofNullable(status);
    }

    /**
     * Makes the end known; the first one stays.
     *
     * @return whether this was the first
     */
    public boolean complete(ExitStatus reached) {
        List<Consumer<ExitStatus>> told;
        synchronized (lock) {
            if (status != null) {
                return false;
            }
            status = reached;
            told = listeners;
            listeners = List.of();
            lock.notifyAll();
        }
        told.forEach(listener -> listener.accept(reached));
        return true;
    }

    /**
     * Calls the listener once, when the end is known.
     *
     * @return takes the listener back, so that a caller who has gone leaves nothing behind
     */
    public Registration onExit(Consumer<ExitStatus> listener) {
        ExitStatus known;
        synchronized (lock) {
            known = status;
            if (known == null) {
                listeners.add(listener);
            }
        }
        if (known != null) {
            listener.accept(known);
        }
        return () -> forget(listener);
    }

    /** Waits until the end is known. */
    public ExitStatus await() throws InterruptedException {
        synchronized (lock) {
            ExitStatus reached;
            while ((reached = status) == null) {
                lock.wait();
            }
            return reached;
        }
    }

    private void forget(Consumer<ExitStatus> listener) {
        synchronized (lock) {
            if (status == null) {
                listeners.remove(listener);
            }
        }
    }

    /** A listener's place. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
