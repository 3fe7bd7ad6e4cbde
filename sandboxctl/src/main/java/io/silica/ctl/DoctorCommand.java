// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.daemon.MetricsSocket;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
            "and looks for records that they could not use and for the programs that they need."
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
            if (finding.isEmpty()) {
                finding = strayRecords(state.resolve("sandboxes/quarantine"));
            }
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

    /** Whether there are records that a daemon could not use; empty if there are none. */
    private static String strayRecords(Path quarantine) throws IOException {
        if (!Files.isDirectory(quarantine, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (Stream<Path> records = Files.list(quarantine)) {
            long count = records.count();
            return count == 0
                    ? ""
                    : "records that it could not use lie in %s (%d): what they tell of may live on; end it, and delete them"
                            .formatted(quarantine, count);
        }
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
