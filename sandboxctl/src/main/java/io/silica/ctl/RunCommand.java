// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import io.silica.ctl.cli.CommandException;
import io.silica.ctl.cli.CriOptions;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.LogPrinter;
import io.silica.ctl.cli.OnSignal;
import io.silica.ctl.cri.ContainerLog;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code sandboxctl run}: a pod and its container in one go. */
@Command(
        name = "run",
        description = {
            "Runs a container in a pod of its own, prints what it prints, and ends as it ends.",
            "The files are crictl's, JSON or YAML. The pod is removed afterwards, whatever happens."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = ExitCode.NOT_RUN,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "N:the container's",
            "2:the command line is wrong",
            "125:the container could not be run",
            "130:ended by Ctrl-C"
        })
final class RunCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SandboxCtl ctl;

    @Mixin private CriOptions cri = new CriOptions();

    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "HANDLER",
            defaultValue = "",
            description = "The runtime handler. Default: containerd's.")
    private String handler = "";

    @Option(
            names = "--keep",
            description = "Leave the pod, its container and the log when the container has exited.")
    private boolean keep;

    @Option(
            names = "--stop-timeout",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description =
                    "How long after Ctrl-C the container is killed. Default: ${DEFAULT-VALUE}.")
    private int stopSeconds;

    @Parameters(index = "0", paramLabel = "CONTAINER", description = "The container's file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path containerFile;

    @Parameters(index = "1", paramLabel = "POD", description = "The pod's file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path podFile;

    @Override
    public Integer call() throws IOException {
        var asked = PodSpec.read(podFile, containerFile, handler);
        try (var logs = LogDirectory.of(asked, keep);
                var client = cri.connect()) {
            return run(client, logs);
        }
    }

    private int run(CriClient client, LogDirectory logs) throws IOException {
        PodSpec pod = logs.spec();
        var log = ContainerLog.fromEnd(pod.log());
        try (var run = new PodRun(client, pod, log, Duration.ofSeconds(stopSeconds));
                var _ = OnSignal.first(() -> cleanUp(run, logs))) {
            var output = new LogPrinter(ctl.out(), ctl.err());
            start(client, run);
            int exitCode = run.await(output::print);
            finish(run, pod.log());
            // containerd may report an exit a moment before it has written the last line.
            output.print(log.appended());
            return exitCode;
        } catch (InterruptedException _) {
            return INTERRUPTED;
        }
    }

    /** Of a thread that nobody waits for but the end of the process. */
    private static void cleanUp(PodRun run, LogDirectory logs) {
        try (logs;
                run) {
            // Closing them is all.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(CriClient client, PodRun run) {
        try {
            run.start();
        } catch (CriException e) {
            throw withHint(client, e);
        }
    }

    /** Says what to do about the two mistakes that are made most. */
    private RuntimeException withHint(CriClient client, CriException e) {
        if (e.getMessage().contains("no runtime for ")) {
            return new CommandException(
                    "containerd has no runtime handler \"%s\"; it has: %s"
                            .formatted(handler, handlers(client)),
                    e);
        }
        if (e.getMessage().contains("is reserved for")) {
            return new CommandException(
                    e.getMessage()
                            + "; remove that one first, or change the name or uid in "
                            + podFile,
                    e);
        }
        return e;
    }

    private static String handlers(CriClient client) {
        return client.handlers().stream()
                .filter(name -> !name.isEmpty())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private void finish(PodRun run, Path log) {
        if (keep) {
            ctl.err().printf("sandboxctl: kept %s, log %s%n", run.keep(), log);
        } else {
            run.close();
        }
    }
}
