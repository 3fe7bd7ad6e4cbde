// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Whose end containerd waits for. A containerd that lives waits for every process that runs, so a
 * process that nobody waits for has lost it. Any thread may call any method.
 */
final class AwaitedProcesses {
    private final ConcurrentMap<StreamOwner, Integer> waits = new ConcurrentHashMap<>();

    void begin(StreamOwner process) {
        waits.merge(process, 1, Integer::sum);
    }

    void end(StreamOwner process) {
        waits.computeIfPresent(process, (_, count) -> count == 1 ? null : count - 1);
    }

    boolean contains(StreamOwner process) {
        return waits.containsKey(process);
    }
}
