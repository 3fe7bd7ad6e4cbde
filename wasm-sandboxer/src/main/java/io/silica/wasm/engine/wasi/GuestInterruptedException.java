// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.IOException;
import java.io.Serial;

/**
 * Unwinds a guest that was interrupted in a stream; an I/O error would be the guest's to handle.
 */
public final class GuestInterruptedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    GuestInterruptedException(IOException cause) {
        super(cause);
    }
}
