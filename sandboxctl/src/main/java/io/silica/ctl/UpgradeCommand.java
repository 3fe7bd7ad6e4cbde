// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.upgrade.Upgrade;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl upgrade}: another program for a daemon, under its running pods. */
@Command(
        name = "upgrade",
        description = {
            "Replaces a daemon's program while its pods run, or commits that.",
            "Until it is committed, the daemon writes what the program before can read, so that the same command leads back."
        },
        mixinStandardHelpOptions = true)
final class UpgradeCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Step step;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "wasm",
            description = "The daemon's kind. Default: ${DEFAULT-VALUE}.")
    private String kind = "wasm";

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "The daemon's state directory. Default: /run/silica/KIND.")
    private @Nullable Path directory;

    @Option(
            names = "--metrics-socket",
            paramLabel = "SOCKET",
            description =
                    "Where the daemon says whether it is ready. Default: metrics.sock in its state directory.")
    private @Nullable Path metrics;

    @Option(
            names = "--link",
            paramLabel = "LINK",
            defaultValue = "/opt/silica/current",
            description =
                    "The symbolic link through which the daemon is started. Default: ${DEFAULT-VALUE}.")
    private Path link = Path.of("/opt/silica/current");

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a program may take to be ready. Default: ${DEFAULT-VALUE}.")
    private int patience = 30;

    /** One of the two. */
    static final class Step {
        @Option(
                names = "--to",
                paramLabel = "DIRECTORY",
                description = "The distribution to replace it by.")
        private @Nullable Path home;

        @Option(
                names = "--commit",
                description =
                        "Let the program that runs write its own format: there is no way back then.")
        private boolean commit;

        Optional<Path> replacement() {
            return commit ? Optional.empty() : Optional.ofNullable(home);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path state = directory != null ? directory : Path.of("/run/silica", kind);
        var upgrade =
                new Upgrade(
                        state,
                        metrics != null ? metrics : state.resolve("metrics.sock"),
                        Duration.ofSeconds(patience));
        var replacement = step.replacement();
        if (replacement.isPresent()) {
            String version = upgrade.replace(replacement.get(), link, kind + "-sandboxer");
            ctl.out().printf("%s-sandboxer %s runs, with the pods there were%n", kind, version);
        } else {
            ctl.out().printf("%s-sandboxer writes state format %d%n", kind, upgrade.commit());
        }
        return ExitCode.OK;
    }
}
