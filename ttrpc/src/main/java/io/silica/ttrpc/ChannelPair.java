// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** The two directions of a connection; often one channel for both. */
record ChannelPair(ReadableByteChannel input, WritableByteChannel output) implements Closeable {
    /** Closes both, the second even if the first fails. */
    @Override
    public void close() throws IOException {
        try (input) {
            output.close();
        }
    }
}
