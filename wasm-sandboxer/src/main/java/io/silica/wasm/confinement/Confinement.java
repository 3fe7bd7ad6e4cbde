// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import io.silica.linux.SyscallFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What there is of the machine for a process that is confined.
 *
 * @param readable files and directories, at the same paths as outside
 * @param writable a directory, the one place where it may write; usually there is none
 * @param filter which system calls it may make; all, if there is none
 */
public record Confinement(
        List<Path> readable, Optional<Path> writable, Optional<SyscallFilter> filter) {
    /** What each confined process has: an empty root, its own processes, and no right at all. */
    private static final List<String> ALWAYS =
            List.of(
                    "--unshare-pid",
                    "--as-pid-1",
                    "--unshare-ipc",
                    "--unshare-net",
                    "--unshare-uts",
                    "--hostname",
                    "wasm-worker",
                    "--unshare-cgroup",
                    "--cap-drop",
                    "ALL");

    private static final List<String> DEVICES = List.of("/dev/null", "/dev/random", "/dev/urandom");

    /** Where distributions keep the configuration of their JVMs, which leads there by links. */
    private static final String JAVA_CONFIGURATION = "/etc";

    public Confinement {
        readable = List.copyOf(readable);
    }

    /**
     * For a JVM.
     *
     * @param home the JVM's directory
     * @param own what its program consists of
     */
    public static Confinement ofJava(Path home, Collection<Path> own) {
        var readable = new ArrayList<Path>();
        readable.add(home);
        readable.addAll(own);
        readable.addAll(configurations());
        return new Confinement(readable, Optional.empty(), Optional.of(AllowedCalls.filter()));
    }

    private static List<Path> configurations() {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(Path.of(JAVA_CONFIGURATION), "java*")) {
            entries.forEach(found::add);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, and something else to read. */
    public Confinement withReadable(Path other) {
        var all = new ArrayList<>(readable);
        all.add(other);
        return new Confinement(all, writable, filter);
    }

    /** The same, and a directory to write to. */
    public Confinement withWritable(Path directory) {
        return new Confinement(readable, Optional.of(directory), filter);
    }

    /** The same without a filter: then namespaces and missing capabilities are all there is. */
    Confinement withoutFilter() {
        return new Confinement(readable, writable, Optional.empty());
    }

    /** What bubblewrap is told. */
    List<String> arguments() {
        var arguments = new ArrayList<>(ALWAYS);
        var libraries = libraries();
        // In the order of their paths: a directory comes before what is mounted below it.
        var mounted = new TreeSet<>(readable);
        mounted.addAll(libraries.directories());
        mounted.forEach(path -> add(arguments, "--ro-bind", path, path));
        libraries.loaders().forEach((place, file) -> add(arguments, "--ro-bind", file, place));
        libraries.links().forEach((link, target) -> add(arguments, "--symlink", target, link));
        DEVICES.forEach(device -> arguments.addAll(List.of("--dev-bind", device, device)));
        // Root is root in /proc/sys, with or without capabilities.
        arguments.addAll(List.of("--proc", "/proc", "--remount-ro", "/proc"));
        writable.ifPresent(directory -> add(arguments, "--bind", directory, directory));
        arguments.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
        return arguments;
    }

    private static void add(List<String> arguments, String option, Path source, Path target) {
        arguments.addAll(List.of(option, source.toString(), target.toString()));
    }

    private static SystemLibraries libraries() {
        try {
            return SystemLibraries.ofThisProcess();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
