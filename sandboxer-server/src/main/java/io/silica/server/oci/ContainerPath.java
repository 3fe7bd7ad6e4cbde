// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Paths inside a container, by their text. Not {@link java.nio.file.Path}: that refuses what the
 * daemon's locale can't write, and whether a container can be made must not depend on that.
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
}
