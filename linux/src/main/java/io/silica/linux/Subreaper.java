// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes orphans among our descendants our children (prctl(2), PR_SET_CHILD_SUBREAPER). Native
 * because the JDK has no prctl. Any thread; nothing blocks.
 */
public final class Subreaper {
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private Subreaper() {}

    /** Takes effect for the whole process, for good. */
    public static void enable() {
        Syscall.PRCTL.check(
                Syscall.PRCTL.invoke(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
    }

    /**
     * The pids of our children: those we started, those the JDK started, orphans, and those whose
     * status nobody has collected.
     */
    public static Set<Integer> children() {
        var children = new TreeSet<Integer>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (var task : tasks) {
                childrenOf(task, children);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return children;
    }

    private static void childrenOf(Path task, Set<Integer> children) {
        try {
            for (var pid : Files.readString(task.resolve("children")).split(" ", 0)) {
                if (!pid.isBlank()) {
                    children.add(Integer.valueOf(pid));
                }
            }
        } catch (IOException _) {
            // The thread has ended since the directory was read.
        }
    }
}
