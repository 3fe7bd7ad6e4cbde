// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Niceness;
import io.silica.sandbox.ContainerId;

/** Makes the threads of guests: platform threads, since a guest that loops gives nothing back. */
final class GuestThreads {
    /** Reserved, not taken: a guest that recurses little touches little of it. */
    static final long STACK_BYTES = 8L << 20;

    private static final int SHOWN = 12;

    private GuestThreads() {}

    /**
     * Starts one.
     *
     * @param nice how readily it lets others go first
     */
    static Thread start(ContainerId id, int nice, Runnable guest) {
        var value = id.value();
        return Thread.ofPlatform()
                .name("guest-" + value.substring(0, Math.min(SHOWN, value.length())))
                .stackSize(STACK_BYTES)
                .start(() -> {
                    makeNice(nice);
                    guest.run();
                });
    }

    /** A guest in a worker that is nicer altogether stays as that is. */
    private static void makeNice(int nice) {
        try {
            Niceness.ofThisThread(nice);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EACCES) {
                throw e;
            }
        }
    }
}
