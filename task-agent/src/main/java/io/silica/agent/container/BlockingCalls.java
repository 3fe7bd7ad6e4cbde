// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.sandbox.SandboxException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Calls into the kernel that may take long, on platform threads: on a virtual one they would hold
 * up the carrier, of which a machine with one processor has few. Who waits for them waits in Java.
 */
public final class BlockingCalls {
    private static final int MOST = 8;

    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    MOST, Thread.ofPlatform().daemon().name("blocking-", 1).factory());

    /** Makes one and waits for its result; what it throws is thrown here. */
    public <T> T call(Callable<T> body) {
        try {
            return threads.submit(body).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new SandboxException.Failed(String.valueOf(e.getCause()), e);
        }
    }
}
