// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.daemon.MetricsSocket;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl doctor}: what is wrong with the daemons of this machine, and what to do. */
@Command(
        name = "doctor",
        description = {
            "Says what is wrong with the sandboxer daemons of this machine, and what to do about it.",
            "It asks whether they answer, are ready, and whether pods would survive their death,",
            "and looks for the programs that they need."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is", "2:the command line is wrong"})
final class DoctorCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Mixin private StateDirectoryOption daemons = new StateDirectoryOption();

    @Option(
            names = "--metrics-socket",
            paramLabel = "SOCKET",
            description = "Where the daemon answers. Default: metrics.sock in its state directory.")
    private @Nullable Path metrics;

    @Override
    public Integer call() throws IOException {
        boolean healthy = hasPrograms();
        for (Path state : daemons.directories()) {
            String finding = examine(metrics != null ? metrics : state.resolve("metrics.sock"));
            ctl.out().println(state + ": " + (finding.isEmpty() ? "well" : finding));
            healthy &= finding.isEmpty();
        }
        return healthy ? ExitCode.OK : ExitCode.FAILED;
    }

    private boolean hasPrograms() {
        boolean missing = isBubblewrapMissing(System.getenv().getOrDefault("PATH", ""));
        if (missing) {
            ctl.out()
                    .println(
                            "the program bwrap, without which no Wasm pod runs, is not on the PATH:"
                                    + " install the package bubblewrap");
        }
        return !missing;
    }

    static boolean isBubblewrapMissing(String path) {
        return Arrays.stream(path.split(File.pathSeparator, 0))
                .noneMatch(directory -> Files.isExecutable(Path.of(directory, "bwrap")));
    }

    /** What is wrong first of all; empty if nothing is. */
    private static String examine(Path socket) {
        try {
            var daemon = new MetricsSocket(socket);
            if (!daemon.get("/healthz").isOk()) {
                return "it is stuck, and only a restart helps; its log says more";
            }
            if (!daemon.get("/readyz").isOk()) {
                return "it is starting or ending and does not serve; its log says what it is at";
            }
            var protection = daemon.get("/protected");
            return protection.isOk() ? "" : "it is not protected: " + protection.body().strip();
        } catch (IOException e) {
            return "nobody answers at %s (%s): start the daemon, or name its --metrics-socket"
                    .formatted(socket, e.getMessage());
        }
    }
}
