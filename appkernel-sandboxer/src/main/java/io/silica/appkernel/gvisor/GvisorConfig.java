// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the back end is given.
 *
 * @param program runsc, absolute
 * @param platform how it intercepts system calls
 * @param network of pods that have a network namespace
 * @param hostNetwork what becomes of those that have the host's
 * @param podRoot the root file system of a pod's first process, with {@code pod-init} in it
 * @param terminal the program that carries a terminal
 * @param directory where its files are; made with mode 0700
 * @param verdicts where it keeps what was found out about programs
 * @param patience how long a sentry has for an answer; a command of runsc, which asks it several
 *     times, has three times that
 */
public record GvisorConfig(
        Path program,
        GvisorPlatform platform,
        GvisorNetwork network,
        HostNetwork hostNetwork,
        Path podRoot,
        Path terminal,
        Path directory,
        Path verdicts,
        Duration patience) {
    /** What is enough for a machine that is busy. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);
}
