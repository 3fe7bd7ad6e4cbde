// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A distribution that lies somewhere, and what its daemon says of itself.
 *
 * @param home its directory, without links
 * @param version of the daemon
 * @param format the newest format of state directories that it knows; it knows the one before too
 */
record InstalledProgram(Path home, String version, int format) {
    private static final Pattern SAYS =
            Pattern.compile("\\S+ (\\S+) \\(.*\\bstate format ([1-9]\\d{0,5})\\)\\s*");
    private static final long PATIENCE_SECONDS = 30;

    /**
     * Asks the daemon of a distribution.
     *
     * @param daemon its name, such as {@code wasm-sandboxer}
     * @throws UpgradeException if there is none, or it does not say what it knows
     */
    static InstalledProgram in(Path directory, String daemon) throws IOException {
        Path program = directory.resolve("bin").resolve(daemon);
        if (!Files.isExecutable(program)) {
            throw new UpgradeException(
                    "there is no %s: --to names the directory of a distribution"
                            .formatted(program));
        }
        String said = ask(program);
        Matcher matcher = SAYS.matcher(said);
        if (!matcher.matches()) {
            throw new UpgradeException(
                    "%s --version does not say which state format it knows, but \"%s\""
                            .formatted(program, said.strip()));
        }
        return new InstalledProgram(
                directory.toRealPath(), matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Checks that it can go on where another program stopped.
     *
     * @throws UpgradeException if it could not read what that one has written
     */
    void requireReads(NotedFormat noted) {
        if (noted.format() != format && noted.format() != format - 1) {
            throw new UpgradeException(
                    "program %s knows state format %s, and program %s has written format %d: %s"
                            .formatted(
                                    version,
                                    format > 1 ? (format - 1) + " and " + format : "1",
                                    noted.program(),
                                    noted.format(),
                                    noted.format() > format
                                            ? "there is no way back once an upgrade is committed"
                                            : "upgrade to a program in between, and commit that"));
        }
    }

    private static String ask(Path program) throws IOException {
        var process =
                new ProcessBuilder(program.toString(), "--version")
                        .redirectError(Redirect.DISCARD)
                        .start();
        try {
            process.getOutputStream().close();
            var said =
                    new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new UpgradeException(program + " --version does not end");
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpgradeException("interrupted while asking " + program, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
