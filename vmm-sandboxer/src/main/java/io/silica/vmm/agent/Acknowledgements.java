// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import io.silica.proto.guest.HeartbeatRequest;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The operations that are not asked for again, to be told to the agent with the next sign of life.
 * Thread safe; nothing here blocks.
 */
final class Acknowledgements {
    /** An agent keeps no more results, and forgets the oldest by itself. */
    private static final int MOST = 256;

    private final Queue<String> untold = new ArrayDeque<>();

    synchronized void add(String operation) {
        if (untold.size() == MOST) {
            var _ = untold.remove();
        }
        untold.add(operation);
    }

    /** Those that have come since: each is told once, for one that gets lost is forgotten later. */
    synchronized HeartbeatRequest take() {
        var request = HeartbeatRequest.newBuilder().addAllAcknowledged(untold).build();
        untold.clear();
        return request;
    }
}
