// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/** A guest's standard input: a read that fails because the guest is being ended unwinds it. */
final class GuestInput extends FilterInputStream {
    private final BooleanSupplier ended;

    GuestInput(InputStream in, BooleanSupplier ended) {
        super(in);
        this.ended = ended;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (IOException e) {
            if (ended.getAsBoolean()) {
                throw new GuestInterruptedException(e);
            }
            throw e;
        }
    }
}
