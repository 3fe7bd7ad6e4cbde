// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * One end of a connection that is carried: the client's, or the server's.
 *
 * @param in what it says
 * @param out what it is told
 * @param end tells it that there is no more; does nothing for one that is gone
 * @param release lets go of it
 */
public record PortEnd(InputStream in, OutputStream out, Runnable end, Runnable release)
        implements AutoCloseable {
    @Override
    public void close() {
        release.run();
    }
}
