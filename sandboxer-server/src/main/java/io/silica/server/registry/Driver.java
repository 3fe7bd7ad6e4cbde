// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static java.util.Objects.requireNonNull;

import io.silica.sandbox.Operation;
import io.silica.sandbox.SandboxException;
import io.silica.server.logging.LogContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the changes of one object, one after another and in order, on a virtual thread that
 * exists only while there is something to do: an idle pod costs none.
 *
 * <p>Safe for use by any thread but its own, which would wait for itself.
 */
final class Driver {
    private static final Logger LOGGER = System.getLogger(Driver.class.getName());

    private final String name;
    private final Supplier<LogContext> context;
    private final Duration patience;
    private final Queue<FutureTask<?>> waiting = new ArrayDeque<>();
    private boolean busy;

    /**
     * @param name what its thread is called
     * @param context what its work logs is about; opened on its thread
     * @param patience how long a caller waits for the end of its request
     */
    Driver(String name, Supplier<LogContext> context, Duration patience) {
        this.name = name;
        this.context = context;
        this.patience = patience;
    }

    /**
     * Carries out the work and gives its result.
     *
     * @param action what is done, for the message
     * @throws SandboxException as the work throws it, or TimedOut when it takes longer than callers
     *     wait: then it goes on nevertheless
     */
    <T> T call(String action, Callable<T> work) {
        var task = new FutureTask<>(Operation.passedOn(work));
        submit(task);
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(action, requireNonNull(e.getCause()));
        } catch (TimeoutException e) {
            throw new SandboxException.TimedOut(
                    "cannot %s: not done after %d ms, it goes on"
                            .formatted(action, patience.toMillis()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("the wait to " + action + " was interrupted");
        }
    }

    /** Carries out the work later; the caller does not wait, and a failure is logged. */
    void post(String action, Runnable work) {
        submit(new FutureTask<>(() -> logged(action, work), null));
    }

    private static void logged(String action, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "cannot " + action, e);
        }
    }

    private void submit(FutureTask<?> task) {
        synchronized (waiting) {
            waiting.add(task);
            if (busy) {
                return;
            }
            busy = true;
        }
        Thread.ofVirtual().name(name).start(this::drain);
    }

    private void drain() {
        try (var _ = context.get()) {
            for (FutureTask<?> task = next(); task != null; task = next()) {
                task.run();
            }
        }
    }

    private @Nullable FutureTask<?> next() {
        synchronized (waiting) {
            FutureTask<?> task = waiting.poll();
            busy = task != null;
            return task;
        }
    }

    private static RuntimeException failure(String action, Throwable cause) {
        return switch (cause) {
            case SandboxException e -> e;
            case Error e -> throw e;
            default -> new SandboxException.Failed("cannot %s: %s".formatted(action, cause), cause);
        };
    }
}
