// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.Container;
import io.silica.proto.cri.PodSandbox;
import java.util.List;

/**
 * The ids of the pods or containers that a runtime has.
 *
 * @param kind what messages call one
 */
record KnownIds(String kind, List<String> ids) {
    /** The column of a table has so much of an id, as crictl's has. */
    private static final int SHORT = 13;

    static KnownIds ofPods(CriClient client) {
        return new KnownIds("pod", client.pods().stream().map(PodSandbox::getId).toList());
    }

    static KnownIds ofContainers(CriClient client) {
        return new KnownIds(
                "container", client.containers().stream().map(Container::getId).toList());
    }

    /**
     * The one that begins so.
     *
     * @throws RefusedException if none does, or several do
     */
    String only(String beginning) {
        if (ids.contains(beginning)) {
            return beginning;
        }
        var found = ids.stream().filter(id -> id.startsWith(beginning)).toList();
        return switch (found.size()) {
            case 0 -> throw new RefusedException("there is no %s %s".formatted(kind, beginning));
            case 1 -> found.getFirst();
            default ->
                    throw new RefusedException(
                            "%d %ss begin with %s: %s"
                                    .formatted(
                                            found.size(),
                                            kind,
                                            beginning,
                                            String.join(", ", found)));
        };
    }

    static String shortened(String id) {
        return id.substring(0, Math.min(SHORT, id.length()));
    }
}
