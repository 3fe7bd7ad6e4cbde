// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serial;

/**
 * Unwinds a guest that was interrupted in a function of its host's; an I/O error would be the
 * guest's to handle.
 */
public final class GuestInterruptedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    GuestInterruptedException(IOException cause) {
        super(cause);
    }

    /**
     * To be called between the parts of what may have many: one call of a guest's must not keep it
     * from being ended.
     *
     * @throws GuestInterruptedException if this thread's guest is being ended
     */
    static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new GuestInterruptedException(new InterruptedIOException());
        }
    }
}
