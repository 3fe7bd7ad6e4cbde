// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import io.silica.linux.Descriptor;
import io.silica.ttrpc.ConnectionId;
import java.util.Map;

/** Whoever serves what a holder keeps. Called by one thread of the holder's, one call at a time. */
public interface ConnectionUser {
    /** Serves a connection, which is its own from now on. */
    void serve(HeldConnection connection);

    /** What it serves now; the descriptors stay its own, and may be closed at any time. */
    Map<ConnectionId, Descriptor> served();

    /** All that it serves is kept by this instance of a holder now, and no longer by another. */
    void keptBy(String instance);
}
