// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Paths inside a container, by their text. Not {@link java.nio.file.Path}: that refuses what the
 * daemon's locale can't write, and whether a container can be made must not depend on that. The
 * caller bounds their length.
 */
final class ContainerPath {
    private ContainerPath() {}

    /** An absolute path without {@code .}, {@code ..} and empty segments. */
    static String normalized(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments);
    }

    /**
     * Every place on the way along a path, each normalized. A {@code ..} does not make the step
     * before it undone: where that was a link, it has been followed.
     */
    static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        for (int end = path.indexOf('/', 1); end >= 0; end = path.indexOf('/', end + 1)) {
            steps.add(normalized(path.substring(0, end)));
        }
        steps.add(normalized(path));
        return steps;
    }
}
