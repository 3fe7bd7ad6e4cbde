// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.Serial;

/** Ends a function with an errno, which is an answer as any other: it has no stack. */
final class WasiFailure extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final int errno;

    /**
     * @param errno one of {@link WasiErrno}
     */
    WasiFailure(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
