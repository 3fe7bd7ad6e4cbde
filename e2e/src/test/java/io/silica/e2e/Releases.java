// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Distributions of two versions on a node, and the link to the one that runs. */
final class Releases {
    private static final Path UNDER_TEST =
            Objects.requireNonNull(Repository.programs().getParent());
    private static final String BUILD = "io/silica/server/cli/build.properties";

    private final Node node;
    private final Path link;

    /** Starts the node's daemon anew, through a link to the distribution under test. */
    static Releases install(Node node) {
        var releases = new Releases(node);
        Command.run("ln", "-s", UNDER_TEST.toString(), releases.link.toString());
        node.install(releases.link);
        return releases;
    }

    private Releases(Node node) {
        this.node = node;
        this.link = node.directory().resolve("current");
    }

    /** The distribution under test. */
    Path first() {
        return UNDER_TEST;
    }

    /** Another one, which differs from it by what it was told of itself when it was built. */
    Path other(String version, int stateFormat) {
        Path next = node.directory().resolve("silica-" + version);
        try {
            copy("bin", next);
            copy("lib", next);
            Path classPath = next.resolve("lib/class-path");
            var jars = new ArrayList<>(Files.readAllLines(classPath));
            jars.addFirst("build.jar");
            Files.write(classPath, jars);
            writeBuild(next.resolve("lib/build.jar"), version, stateFormat);
            return next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code sandboxctl upgrade} of the distribution that runs; what it says. */
    String upgrade(String... step) {
        return Command.run(command(step).toArray(String[]::new));
    }

    /** The same where it is to be refused. */
    Command.Ended refusedUpgrade(String... step) {
        return Command.end("", command(step));
    }

    private List<String> command(String... step) {
        var command =
                new ArrayList<>(List.of(link.resolve("bin/sandboxctl").toString(), "upgrade"));
        command.addAll(List.of(step));
        command.addAll(List.of("--dir", node.stateDirectory().toString()));
        command.addAll(List.of("--link", link.toString(), "--patience", "120"));
        return command;
    }

    /** An archive of classes fits the jars that it was made for, and is large. */
    private static void copy(String part, Path next) throws IOException {
        try (Stream<Path> files = Files.walk(UNDER_TEST.resolve(part))) {
            for (Path file : files.filter(it -> !it.toString().endsWith(".jsa")).toList()) {
                Path copy = next.resolve(UNDER_TEST.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void writeBuild(Path jar, String version, int stateFormat) throws IOException {
        var properties = "version=%s\nstate-format=%d\n".formatted(version, stateFormat);
        try (var to = new JarOutputStream(Files.newOutputStream(jar))) {
            to.putNextEntry(new JarEntry(BUILD));
            to.write(properties.getBytes(StandardCharsets.UTF_8));
        }
    }
}
