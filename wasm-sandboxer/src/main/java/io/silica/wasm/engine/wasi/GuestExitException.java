// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.Serial;

/** Unwinds a guest that called {@code proc_exit}: it has no stack. */
public final class GuestExitException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final int code;

    GuestExitException(int code) {
        super("exit code " + code, null, false, false);
        this.code = code;
    }

    /** What the guest gave. */
    public int code() {
        return code;
    }
}
