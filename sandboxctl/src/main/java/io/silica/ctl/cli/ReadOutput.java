// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * An output that says when nobody reads it any more, which a PrintStream keeps to itself: what goes
 * on without an end would go on for nobody. What is written is flushed.
 */
public final class ReadOutput extends OutputStream {
    private final PrintStream to;

    public ReadOutput(PrintStream to) {
        this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
        to.write(b);
        requireReader();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        to.write(bytes, offset, length);
        requireReader();
    }

    private void requireReader() throws IOException {
        if (to.checkError()) {
            throw new IOException("nobody reads the output");
        }
    }
}
