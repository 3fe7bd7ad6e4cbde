// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.nio.file.Path;

/**
 * What the back end is given.
 *
 * @param program runsc, absolute
 * @param platform how it intercepts system calls
 * @param podRoot the root file system of a pod's first process, with {@code pod-init} in it
 * @param terminal the program that carries a terminal
 * @param directory where its files are; made with mode 0700
 * @param verdicts where it keeps what was found out about programs
 */
public record GvisorConfig(
        Path program,
        GvisorPlatform platform,
        Path podRoot,
        Path terminal,
        Path directory,
        Path verdicts) {}
