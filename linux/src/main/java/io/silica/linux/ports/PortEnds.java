// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import java.io.Closeable;
import java.io.IOException;

/** Makes a {@link PortEnd} of a socket. */
public final class PortEnds {
    private PortEnds() {}

    /**
     * Both directions of a socket.
     *
     * @param socket never blocks; stays its owner's
     * @param end shuts its output down
     */
    public static PortEnd of(Descriptor socket, Poller poller, Runnable end) {
        var in = poller.inputStream(socket.duplicate());
        var out = poller.outputStream(secondOf(socket, in));
        return new PortEnd(
                in,
                out,
                end,
                () -> {
                    close(in);
                    close(out);
                });
    }

    /** There may be no number left for it. */
    private static Descriptor secondOf(Descriptor socket, Closeable first) {
        try {
            return socket.duplicate();
        } catch (LinuxException e) {
            close(first);
            throw e;
        }
    }

    private static void close(Closeable stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // It is let go of.
        }
    }
}
