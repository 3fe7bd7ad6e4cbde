// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** An instance on a platform thread of its own. */
final class RunningGuest {
    private static final long DEADLINE_SECONDS = 30;

    private final WasmInstance instance;
    private final Thread thread;
    private final CompletableFuture<GuestExit> exit = new CompletableFuture<>();

    RunningGuest(WasmInstance instance) {
        this.instance = instance;
        this.thread = Thread.ofPlatform().name("guest").start(this::run);
    }

    private void run() {
        try {
            exit.complete(instance.run());
        } catch (RuntimeException | Error e) {
            exit.completeExceptionally(e);
        }
    }

    /** Until the guest's thread is as a thread is that does such a thing. */
    RunningGuest awaitThread(Thread.State... states) {
        await(() -> java.util.List.of(states).contains(thread.getState()));
        return this;
    }

    void interrupt() {
        instance.interrupt();
    }

    GuestExit end() {
        interrupt();
        return exit();
    }

    GuestExit exit() {
        try {
            return exit.get(DEADLINE_SECONDS, SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the guest does not end", e);
        }
    }

    static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the condition does not come true");
            }
            Thread.onSpinWait();
        }
    }
}
