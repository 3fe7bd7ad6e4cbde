// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/** A guest's output: a write that fails because the guest is being ended unwinds it. */
final class GuestOutput extends OutputStream {
    private final OutputStream out;
    private final BooleanSupplier ended;

    GuestOutput(OutputStream out, BooleanSupplier ended) {
        this.out = out;
        this.ended = ended;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (ended.getAsBoolean()) {
                throw new GuestInterruptedException(e);
            }
            throw e;
        }
    }
}
