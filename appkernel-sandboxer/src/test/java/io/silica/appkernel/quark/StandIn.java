// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * A program that stands in for Quark, with all that Quark needs beside it. It checks what it is
 * given, and writes down what is not as Quark's sources want it. It proves nothing of Quark itself.
 */
public final class StandIn {
    /** From src/test/c/quark. */
    public static final Path PROGRAM = Path.of("target", "quark").toAbsolutePath();

    private final Path directory;

    /**
     * Makes one without a fault.
     *
     * @param directory of its own; its parent is there
     */
    public StandIn(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory.resolve("log"));
            Files.createFile(directory.resolve("kvm"));
            Files.createFile(directory.resolve("qkernel.bin"));
            Files.writeString(
                    directory.resolve("config.json"), "{\"ShimMode\": false, \"Sandboxed\": true}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fault("");
    }

    /** Has it go wrong from now on, in one of the ways that it knows; empty for none. */
    public void fault(String name) {
        try {
            var script = Files.writeString(directory.resolve("new"), script(name));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            Files.deleteIfExists(program());
            Files.move(script, program());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String script(String fault) {
        return """
        #!/bin/sh
        export QUARK_FAULT=%s QUARK_COMPLAINTS=%s
        exec %s "$@"
        """
                .formatted(fault, directory.resolve("complaints"), PROGRAM);
    }

    /** What is started. */
    public Path program() {
        return directory.resolve("quark");
    }

    /** What it needs besides. */
    public QuarkInstallation installation() {
        return new QuarkInstallation(
                directory.resolve("kvm"),
                directory.resolve("config.json"),
                List.of(directory.resolve("qkernel.bin")),
                directory.resolve("log"));
    }

    /** A configuration that has it, with files of pods there. */
    public QuarkConfig config(Path state) {
        return config(state, QuarkConfig.USUAL_PATIENCE);
    }

    QuarkConfig config(Path state, Duration patience) {
        return new QuarkConfig(program(), installation(), state, patience);
    }

    /** What was not as it should be. */
    public List<String> complaints() {
        try {
            return Files.readAllLines(directory.resolve("complaints"));
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
