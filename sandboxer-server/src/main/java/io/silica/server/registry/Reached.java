// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Something of a kind that has to be reached before it can be used: at hand if this life of the
 * daemon has made it, to be found again if an earlier one has. Safe for use by any thread.
 */
final class Reached<T> {
    private final String name;
    private final Duration patience;
    private final CompletableFuture<T> coming;

    private Reached(String name, Duration patience, CompletableFuture<T> coming) {
        this.name = name;
        this.patience = patience;
        this.coming = coming;
    }

    /** What is at hand. */
    static <T> Reached<T> now(T it) {
        return new Reached<>("", Duration.ZERO, CompletableFuture.completedFuture(it));
    }

    /**
     * What is still to be found.
     *
     * @param name for messages: {@code sandbox "x"}
     * @param patience how long a caller waits for it
     */
    static <T> Reached<T> later(String name, Duration patience) {
        return new Reached<>(name, patience, new CompletableFuture<>());
    }

    /** It was found; only the first counts. */
    void is(T it) {
        coming.complete(it);
    }

    /** It, if it is at hand. Does not block. */
    Optional<T> known() {
        @Nullable T known = coming.getNow(null);
        return Optional.ofNullable(known);
    }

    /** Waits for it, no longer than callers have patience; returns whether it is at hand. */
    boolean await() {
        return awaited().isPresent();
    }

    /**
     * It. Waits a while if it is still to be found.
     *
     * @throws SandboxException.Unavailable if it was not found by then
     */
    T get() {
        return awaited()
                .orElseThrow(() ->
                        new SandboxException.Unavailable(
                                "%s is known from its record and was not reached within %d ms"
                                        .formatted(name, patience.toMillis())));
    }

    private Optional<T> awaited() {
        try {
            return Optional.of(coming.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("it is never completed so", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while " + name + " was waited for");
        }
    }
}
