// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what becomes so by itself. */
final class Until {
    /** An emulated machine on a busy host takes this long for what takes a second. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(20);

    private Until() {}

    /** Waits until the condition holds. */
    static void holds(String what, BooleanSupplier condition) {
        passes(() -> {
            if (!condition.getAsBoolean()) {
                throw new AssertionError(what + " did not become so within " + LIMIT);
            }
        });
    }

    /** Waits until there is a value, and gives it. */
    static <T> T present(String what, Supplier<Optional<T>> value) {
        var found = new AtomicReference<Optional<T>>(Optional.empty());
        holds(
                what,
                () -> {
                    found.set(value.get());
                    return found.get().isPresent();
                });
        return found.get().orElseThrow();
    }

    /** Waits until the assertion passes; at the end its last failure is the test's. */
    static void passes(ThrowingCallable assertion) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                assertion.call();
                return;
            } catch (Throwable e) {
                if (System.nanoTime() > deadline) {
                    throw failure(e);
                }
            }
            pause();
        }
    }

    private static RuntimeException failure(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
