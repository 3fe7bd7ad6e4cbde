// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Makes native calls that can block, such as opening what others own, on a few platform threads of
 * one sandbox and with a deadline. The shared server has such threads; a kind does not know it.
 */
public interface HostCalls extends AutoCloseable {
    /**
     * Makes a call and waits for its result. Unchecked exceptions pass through.
     *
     * @param action what it does, for messages: {@code open the files of "c1"}
     * @param undo takes a result that comes when nobody waits any more
     */
    <T> T call(String action, Callable<T> work, Consumer<T> undo);

    /** Makes no further calls. */
    @Override
    void close();

    /** Makes the threads of a sandbox. */
    @FunctionalInterface
    interface Factory {
        HostCalls of(SandboxId sandbox);
    }
}
