// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the libraries of the system are that a JVM needs: where those are that this JVM has loaded
 * (proc_pid_maps(5)).
 *
 * @param directories without links in their paths
 * @param loaders where programs look for their loader, outside of these directories, and where it
 *     is
 * @param links directories at the root that are links on this system
 */
record SystemLibraries(List<Path> directories, Map<Path, Path> loaders, Map<Path, Path> links) {
    /** The libraries of C and C++, and what else a JVM is linked with. */
    private static final Pattern NAMES =
            Pattern.compile("(ld|lib(c|m|dl|rt|pthread|z|gcc_s|stdc\\+\\+))[-.].*");

    private static final List<Path> LOADERS =
            Stream.of(
                            "/lib64/ld-linux-x86-64.so.2",
                            "/lib/ld-linux-aarch64.so.1",
                            "/lib/ld-musl-x86_64.so.1",
                            "/lib/ld-musl-aarch64.so.1")
                    .map(Path::of)
                    .toList();

    private static final List<Path> AT_THE_ROOT = List.of(Path.of("/lib"), Path.of("/lib64"));

    /** Those of this process. */
    static SystemLibraries ofThisProcess() throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            return of(maps);
        }
    }

    static SystemLibraries of(Stream<String> maps) throws IOException {
        var directories = directories(maps);
        SequencedMap<Path, Path> loaders = new LinkedHashMap<>();
        for (var loader : LOADERS) {
            if (Files.exists(loader)) {
                var place = directory(loader).toRealPath().resolve(loader.getFileName());
                if (directories.stream().noneMatch(place::startsWith)) {
                    loaders.put(place, loader.toRealPath());
                }
            }
        }
        SequencedMap<Path, Path> links = new LinkedHashMap<>();
        for (var link : AT_THE_ROOT) {
            if (Files.isSymbolicLink(link)) {
                links.put(link, Files.readSymbolicLink(link));
            }
        }
        return new SystemLibraries(directories, loaders, links);
    }

    private static List<Path> directories(Stream<String> maps) {
        var found = new TreeSet<Path>();
        maps.map(line -> line.indexOf('/') < 0 ? "" : line.substring(line.indexOf('/')))
                .distinct()
                .map(Path::of)
                .filter(file -> NAMES.matcher(file.getFileName().toString()).matches())
                .map(SystemLibraries::directory)
                .forEach(found::add);
        return List.copyOf(found);
    }

    private static Path directory(Path file) {
        var parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not the path of a library: " + file);
        }
        return parent;
    }
}
