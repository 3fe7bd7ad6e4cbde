// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/**
 * Links the native calls of this module before they are needed. A JVM makes the code of a call when
 * it is linked, which takes as long as a fifth of a daemon's start: a second processor can do it
 * while the first reads the configuration.
 */
public final class NativeLinkage {
    private NativeLinkage() {}

    /**
     * Begins, on a thread that ends when it is done. Whoever makes a call meanwhile waits for it;
     * what fails is told at that call.
     */
    public static void begin() {
        Thread.ofPlatform().daemon().name("native-linkage").start(Syscall::link);
    }
}
