// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.PeerCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who may connect. */
@FunctionalInterface
public interface PeerPolicy {
    boolean admits(PeerCredentials peer);

    /** Root and the user that this process runs as. */
    static PeerPolicy rootAndOwnUser() {
        long self = ownUser();
        return peer -> peer.uid() == 0 || peer.uid() == self;
    }

    private static long ownUser() {
        try {
            // The owner of our /proc entry is our effective user.
            int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Integer.toUnsignedLong(uid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
