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
public final class ContainerPath {
    private ContainerPath() {}

    /** An absolute path without {@code .}, {@code ..} and empty segments. */
    public static String normalized(String path) {
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

    /** Where a path leads that may be relative to a directory. */
    public static String resolved(String directory, String path) {
        return normalized(path.startsWith("/") ? path : directory + "/" + path);
    }

    /** Whether one normalized path is another, or leads beneath it. */
    public static boolean isBeneath(String path, String directory) {
        return path.equals(directory)
                || path.startsWith(directory.equals("/") ? "/" : directory + "/");
    }

    /** The way from a directory to what is beneath it; empty if that is the directory itself. */
    public static String relative(String path, String directory) {
        int end = directory.equals("/") ? 1 : directory.length() + 1;
        return path.substring(Math.min(end, path.length()));
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
