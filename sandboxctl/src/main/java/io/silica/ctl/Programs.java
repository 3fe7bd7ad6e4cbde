// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The programs of a machine.
 *
 * @param home where this distribution lies; nowhere, if it is empty
 * @param path where others are looked for
 */
record Programs(Optional<Path> home, String path) {
    private static final long PATIENCE_SECONDS = 20;

    /** Those of this process. */
    static Programs here() {
        return new Programs(
                Optional.ofNullable(System.getProperty("silica.home")).map(Path::of),
                System.getenv().getOrDefault("PATH", ""));
    }

    /**
     * The daemon of a kind.
     *
     * @throws NoSuchFileException if this distribution has none of that name
     */
    Path daemon(String kind) throws NoSuchFileException {
        return home.map(it -> it.resolve("bin/" + kind + "-sandboxer"))
                .filter(Files::isExecutable)
                .orElseThrow(() ->
                        new NoSuchFileException(
                                "there is no " + kind + "-sandboxer beside sandboxctl"));
    }

    /**
     * One of those on the path.
     *
     * @throws NoSuchFileException if none of them has it
     */
    Path named(String name) throws NoSuchFileException {
        return Arrays.stream(path.split(File.pathSeparator, 0))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new NoSuchFileException("there is no program " + name + " on the PATH"));
    }

    /**
     * What a program says on either stream, whatever it ends with.
     *
     * @throws IOException if it cannot be started, or does not end
     */
    static String output(List<String> command) throws IOException {
        // A file, because a program that does not end cannot be waited for while it is read.
        var said = Files.createTempFile("sandboxctl", ".out");
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(said.toFile())
                            .start();
            if (!ended(process)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " does not end");
            }
            return new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
        } finally {
            Files.delete(said);
        }
    }

    private static boolean ended(Process process) {
        try {
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
