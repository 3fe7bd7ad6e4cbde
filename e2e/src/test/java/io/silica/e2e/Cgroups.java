// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The cgroups below one that is named, in all hierarchies that this host has. */
record Cgroups(String name) {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    /**
     * Those below its pods. The pods' own are a kubelet's to make and remove: who is none leaves
     * them.
     */
    List<Path> belowPods() {
        return tops().stream()
                .flatMap(top -> tree(top).stream().filter(d -> isBelowPod(top, d)))
                .toList();
    }

    /** Removes the pods' own in which nothing is left, as a kubelet does; what is below stays. */
    void removeEmptyPods() {
        for (var top : tops()) {
            tree(top).stream()
                    .filter(it -> !it.equals(top) && !isBelowPod(top, it))
                    .forEach(Cgroups::removeIfEmpty);
        }
    }

    private static void removeIfEmpty(Path cgroup) {
        try {
            Files.deleteIfExists(cgroup);
        } catch (IOException _) {
            // It has others below it, or processes.
        }
    }

    private static boolean isBelowPod(Path top, Path directory) {
        return top.relativize(directory).getNameCount() > 1;
    }

    /** Removes it and those below it. */
    void remove() {
        tops().stream().flatMap(top -> tree(top).stream()).forEach(Cgroups::remove);
    }

    /** In cgroup v2 it is directly below the root, in v1 one level deeper. */
    private List<Path> tops() {
        try (Stream<Path> hierarchies = Files.list(ROOT)) {
            return Stream.concat(Stream.of(ROOT), hierarchies)
                    .map(hierarchy -> hierarchy.resolve(name))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> tree(Path top) {
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path cgroup) {
        try {
            Files.deleteIfExists(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
