// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A change that a client has asked for once. When a daemon dies before it has answered, its next
 * life begins the same operation again: the id stays, and no other operation ever has it. Whoever
 * carries it out finds it by {@link #current}. Thread safe.
 */
public final class Operation {
    private static final ScopedValue<Operation> CURRENT = ScopedValue.newInstance();

    private final String id;
    private List<Runnable> callbacks = new ArrayList<>(1);
    private boolean answered;

    /**
     * @param id printable, and short enough to be sent along
     */
    public Operation(String id) {
        this.id = id;
    }

    /** That which the calling thread carries out; empty if no client has asked for it. */
    public static Optional<Operation> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Work for another thread, which is part of what the calling one carries out. */
    public static <T> Callable<T> passedOn(Callable<T> work) {
        var operation = current();
        return operation.isEmpty() ? work : () -> operation.get().call(work);
    }

    /** The same in every life of the daemon. */
    public String id() {
        return id;
    }

    /** Carries out work as part of it. */
    public <T> T call(Callable<T> work) throws Exception {
        return ScopedValue.where(CURRENT, this).<T, Exception>call(work::call);
    }

    /**
     * Runs a callback once when the client has its answer, so that nobody begins this again: at
     * once if that is so already. It must neither block nor throw.
     */
    public void onAnswered(Runnable callback) {
        synchronized (this) {
            if (!answered) {
                callbacks.add(callback);
                return;
            }
        }
        callback.run();
    }

    /** Nobody begins it again. */
    public void answered() {
        List<Runnable> called;
        synchronized (this) {
            answered = true;
            called = callbacks;
            callbacks = List.of();
        }
        called.forEach(Runnable::run);
    }
}
