// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.sandbox.SandboxException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One call of {@link BlockingCalls}: somebody waits for it until it has ended or is given up. */
final class BlockingCall<T> implements Runnable {
    private static final Logger LOGGER = System.getLogger(BlockingCall.class.getName());

    private final String action;
    private final Callable<T> work;
    private final Consumer<T> undo;
    private final AtomicInteger lost;
    private final Runnable ended;

    /** Whoever completes it first decides: the call's end, or its caller's patience. */
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /**
     * @param lost counts the calls that are given up and under way
     * @param ended is run when the thread is free again
     */
    BlockingCall(
            String action, Callable<T> work, Consumer<T> undo, AtomicInteger lost, Runnable ended) {
        this.action = action;
        this.work = work;
        this.undo = undo;
        this.lost = lost;
        this.ended = ended;
    }

    @Override
    public void run() {
        try {
            T value = work.call();
            if (!result.complete(value)) {
                late(() -> undo.accept(value));
            }
        } catch (Throwable e) {
            if (!result.completeExceptionally(e)) {
                late(() -> {});
            }
        } finally {
            ended.run();
        }
    }

    /** Waits until a time of {@link System#nanoTime}. */
    T await(long end) {
        try {
            return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return giveUp(
                    new SandboxException.TimedOut(
                            "cannot " + action + ": the call has not returned in time", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return giveUp(new SandboxException.Cancelled("cannot " + action + ": interrupted"));
        } catch (ExecutionException _) {
            return outcome();
        }
    }

    private T giveUp(SandboxException why) {
        // Counted first: the call may end, and count itself back, at any moment after.
        lost.incrementAndGet();
        if (result.completeExceptionally(why)) {
            LOGGER.log(Level.WARNING, "{0}", why.getMessage());
            throw why;
        }
        lost.decrementAndGet();
        return outcome();
    }

    /** Preconditions: it has ended. */
    private T outcome() {
        if (result.state() == Future.State.SUCCESS) {
            return result.resultNow();
        }
        throw unchecked(result.exceptionNow());
    }

    private void late(Runnable undoing) {
        LOGGER.log(Level.INFO, "a call that was given up has returned: {0}", action);
        try {
            undoing.run();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "cannot undo: " + action, e);
        } finally {
            lost.decrementAndGet();
        }
    }

    private RuntimeException unchecked(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new SandboxException.Failed("cannot " + action + ": " + cause, cause);
        };
    }
}
