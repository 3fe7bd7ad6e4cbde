// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sandboxctl check}: known here for the help and for what is wrong. The start script becomes
 * the daemon of the kind, which alone knows what it needs, before there is a JVM.
 */
@Command(
        name = "check",
        description = {
            "Looks for what the pods of a kind need on this machine, without a daemon, and says how to get it.",
            "For the kind appkernel, it also runs runsc for some seconds."
        },
        customSynopsis = "sandboxctl check --kind KIND [--config FILE] [--json] [--boot]",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:pods can be run",
            "1:something is missing",
            "2:the command line or the configuration is wrong"
        })
final class CheckCommand extends DaemonOfKind {
    @Option(
            names = "--boot",
            description =
                    "For the kind vmm: boots a guest, and finds out whether KVM does. For the kind appkernel: boots a sandbox of Quark.")
    @SuppressWarnings("unused") // the daemon reads it
    private boolean boot;
}
