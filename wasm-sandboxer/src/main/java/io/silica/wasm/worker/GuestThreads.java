// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.sandbox.ContainerId;

/** Makes the threads of guests: platform threads, since a guest that loops gives nothing back. */
final class GuestThreads {
    /** Reserved, not taken: a guest that recurses little touches little of it. */
    static final long STACK_BYTES = 8L << 20;

    private static final int SHOWN = 12;

    private GuestThreads() {}

    /** Starts one. */
    static Thread start(ContainerId id, Runnable guest) {
        var value = id.value();
        return Thread.ofPlatform()
                .name("guest-" + value.substring(0, Math.min(SHOWN, value.length())))
                .stackSize(STACK_BYTES)
                .start(guest);
    }
}
