// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the back end is given.
 *
 * @param program quark, absolute
 * @param installation what it needs besides
 * @param directory where its files are; made with mode 0700
 * @param patience for the command to end, and for the task service to answer
 */
public record QuarkConfig(
        Path program, QuarkInstallation installation, Path directory, Duration patience) {
    /** How long a machine may take to boot. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);
}
