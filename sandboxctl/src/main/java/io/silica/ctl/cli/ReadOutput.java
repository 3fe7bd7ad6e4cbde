// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * An output that says when nobody reads it any more, which a PrintStream keeps to itself: what goes
 * on without an end would go on for nobody. A flush tells.
 */
public final class ReadOutput extends OutputStream {
    private final PrintStream to;

    public ReadOutput(PrintStream to) {
        this.to = to;
    }

    @Override
    public void write(int b) {
        to.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        to.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (to.checkError()) {
            throw new IOException("nobody reads the output");
        }
    }
}
