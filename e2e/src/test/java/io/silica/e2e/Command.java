// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

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
            String says =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
}
