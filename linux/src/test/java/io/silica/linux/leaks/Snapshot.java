// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What there was at one moment.
 *
 * @param byKind the things of each kind; equal ones as often as they are there
 */
record Snapshot(Map<String, List<String>> byKind) {
    static Snapshot take(List<Probe> probes) throws IOException {
        var byKind = new LinkedHashMap<String, List<String>>();
        for (var probe : probes) {
            byKind.put(probe.kind(), List.copyOf(probe.look()));
        }
        return new Snapshot(byKind);
    }

    /** What is here and was not there; kinds without any are left out. */
    Map<String, List<String>> since(Snapshot before) {
        var more = new LinkedHashMap<String, List<String>>();
        byKind.forEach((kind, now) -> {
            var left = new ArrayList<>(now);
            before.byKind.getOrDefault(kind, List.of()).forEach(left::remove);
            if (!left.isEmpty()) {
                more.put(kind, left);
            }
        });
        return more;
    }
}
