// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Child;
import io.silica.linux.Children;
import io.silica.linux.LinuxException;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.Spawn;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/** The command of Quark that makes a sandbox, and leaves a process behind that is it. */
final class QuarkProgram {
    private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,9}");
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    private final QuarkConfig config;
    private final Poller poller;

    QuarkProgram(QuarkConfig config, Poller poller) {
        this.config = config;
        this.poller = poller;
    }

    /**
     * Starts a sandbox. That this returns says nothing of whether it runs.
     *
     * @param starting gets the pid of the command before it has started anything, or soon after
     * @return the process that it has left behind
     * @throws SandboxException if there is none; what may be left of the command is the caller's to
     *     end
     */
    ProcessIdentity start(QuarkPlaces places, SandboxId id, IntConsumer starting) {
        try (var child = spawn(places, id).start()) {
            // It may be at its end already. Without a time nobody's pid would be believed.
            long begun = ProcessIdentity.startTime(child.pid()).orElse(Long.MAX_VALUE);
            starting.accept(child.pid());
            int code = await(child);
            if (code != 0) {
                throw new SandboxException.Failed(
                        "%s ended with %d; it may have said why in %s"
                                .formatted(config.program(), code, config.installation().logs()));
            }
            return left(places, begun);
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot start %s: %s".formatted(config.program(), e.getMessage()), e);
        }
    }

    private Spawn spawn(QuarkPlaces places, SandboxId id) {
        var sandbox = places.sandbox();
        return Spawn.of(
                        config.program(),
                        "-r",
                        sandbox.toString(),
                        "sandbox",
                        "--task-socket",
                        places.socket().toString(),
                        "--id",
                        id.value(),
                        "--pid-file",
                        places.pidFile().toString())
                .environment(new PodProcesses(places.directory(), poller).environment())
                .newSession()
                .directory(sandbox);
    }

    private int await(Child child) {
        try {
            var status = child.await(poller, config.patience());
            if (status.isPresent()) {
                return status.get().code();
            }
            child.end(poller, END_PATIENCE);
            throw new SandboxException.TimedOut(
                    "%s did not end within %d s"
                            .formatted(config.program(), config.patience().toSeconds()));
        } catch (InterruptedException _) {
            child.end(poller, END_PATIENCE);
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while quark was at work");
        }
    }

    /**
     * @param notBefore when the command began: an older process is not its
     */
    private ProcessIdentity left(QuarkPlaces places, long notBefore) {
        var text =
                OwnFiles.read(places.pidFile())
                        .map(it -> new String(it, StandardCharsets.ISO_8859_1).strip())
                        .orElseThrow(() ->
                                new SandboxException.Failed(
                                        config.program() + " has written no pid file"));
        if (!PID.matcher(text).matches() || Long.parseLong(text) > Integer.MAX_VALUE) {
            throw new SandboxException.Failed(
                    "%s has written a pid file without a pid: %s"
                            .formatted(config.program(), Printable.of(text)));
        }
        int pid = Integer.parseInt(text);
        var identity =
                ProcessIdentity.of(pid)
                        .orElseThrow(() -> {
                            // Its parent has ended, so that it was ours.
                            var _ = Children.collect(pid);
                            return SandboxProcess.endedAtOnce();
                        });
        if (identity.startTime() < notBefore) {
            throw new SandboxException.Failed(
                    "%s has written the pid of a process that is not its: %s"
                            .formatted(config.program(), text));
        }
        return identity;
    }
}
