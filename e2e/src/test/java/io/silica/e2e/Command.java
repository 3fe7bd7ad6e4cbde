// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Programs that run to their end. */
final class Command {
    private Command() {}

    /**
     * Runs a program and gives what it says on both its outputs.
     *
     * @throws IllegalStateException with what it said, if it does not end with 0
     */
    static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String says = text(process.getInputStream());
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(
                        "%s ended with %d: %s"
                                .formatted(String.join(" ", command), exitCode, says));
            }
            return says;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How a program ended, and what it said. */
    record Ended(int exitCode, String stdout, String stderr) {}

    /** Runs a program with an input, whatever its exit code. */
    static Ended end(String input, List<String> command) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = new ProcessBuilder(command).start();
            var errors = threads.submit(() -> text(process.getErrorStream()));
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            }
            var printed = text(process.getInputStream());
            return new Ended(process.waitFor(), printed, errors.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
