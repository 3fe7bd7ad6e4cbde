// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs what changes the thread itself, its namespace or its working directory, on a platform thread
 * that is made for it and dies with it.
 */
final class OwnThread {
    private OwnThread() {}

    /**
     * Runs it and waits.
     *
     * @param body an interrupt of the caller interrupts it
     * @throws IllegalStateException with the cause, if the body threw a checked exception
     */
    static <T> T run(String name, Callable<T> body) throws InterruptedException {
        var task = new FutureTask<>(body);
        var thread = Thread.ofPlatform().name(name).daemon().start(task);
        try {
            return result(task);
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    /** The same of what must not be left while it is under way: an interrupt is kept for later. */
    static void finish(String name, Runnable body) {
        var _ =
                complete(
                        name,
                        () -> {
                            body.run();
                            return true;
                        });
    }

    /** The same of what has a result. */
    static <T> T complete(String name, Supplier<T> body) {
        var task = new FutureTask<T>(body::get);
        Thread.ofPlatform().name(name).daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result(task);
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T result(FutureTask<T> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> cause;
                case Error cause -> throw cause;
                case null, default -> new IllegalStateException(e.getCause());
            };
        }
    }
}
