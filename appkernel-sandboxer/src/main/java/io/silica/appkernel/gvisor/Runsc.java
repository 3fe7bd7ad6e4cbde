// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Child;
import io.silica.linux.LinuxException;
import io.silica.linux.OwnFiles;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The commands of runsc. Their output is never read: what they start may keep it open for as long
 * as a container lives. What went wrong they write to a log.
 */
final class Runsc {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** For how many answers of a sentry a command has the time. */
    static final int ANSWERS = 3;

    private static final int MOST_OF_A_LOG = 64 * 1024;

    /**
     * This version looks for a setting that kernels have had in every network namespace since 6.9,
     * takes that for a sign that it is in the host's, and refuses. Where it finds nothing it goes
     * on.
     */
    private static final String WITHOUT_NETWORK_SETTINGS =
            "mount -t tmpfs none /proc/sys/net && exec \"$0\" \"$@\"";

    private final GvisorConfig config;
    private final Poller poller;
    private final Orphans orphans;
    private final Duration patience;

    Runsc(GvisorConfig config, Poller poller, Orphans orphans) {
        this.config = config;
        this.poller = poller;
        this.orphans = orphans;
        this.patience = config.patience().multipliedBy(ANSWERS);
    }

    /** Starts the sentry with a root container that waits. */
    void createPod(PodPlaces places, GvisorNetwork network) {
        createPod(places, network, patience);
    }

    private void createPod(PodPlaces places, GvisorNetwork network, Duration patience) {
        run(
                Spawn.of(
                        config.program(),
                        command(
                                places,
                                network,
                                "pod",
                                "create",
                                "--bundle",
                                places.pod().toString(),
                                PodPlaces.ROOT_CONTAINER)),
                places,
                "pod",
                patience);
    }

    /** Starts the root container. */
    void startPod(PodPlaces places, GvisorNetwork network) {
        startPod(places, network, patience);
    }

    private void startPod(PodPlaces places, GvisorNetwork network, Duration patience) {
        var command = command(places, network, "pod", "start", PodPlaces.ROOT_CONTAINER);
        run(
                network == GvisorNetwork.SANDBOX
                        ? withoutNetworkSettings(command)
                        : Spawn.of(config.program(), command),
                places,
                "pod",
                patience);
    }

    /** The same for a pod without anything around it. */
    void startAlone(PodPlaces places, Duration patience) {
        createPod(places, GvisorNetwork.NONE, patience);
        startPod(places, GvisorNetwork.NONE, patience);
    }

    private Spawn withoutNetworkSettings(String[] command) {
        var all = new ArrayList<String>(List.of("-m", "sh", "-c", WITHOUT_NETWORK_SETTINGS));
        all.add(config.program().toString());
        all.addAll(List.of(command));
        return Spawn.of(Path.of("/usr/bin/unshare"), all.toArray(String[]::new))
                .environment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
    }

    /**
     * Makes and starts a container.
     *
     * @param streams its standard streams
     */
    void runContainer(
            PodPlaces places, GvisorNetwork network, String id, Path bundle, GuestStreams streams) {
        var command = detached(places, network, id, "--bundle", bundle.toString(), id);
        run(streams.spawn(config.program(), command), places, id, patience);
    }

    /**
     * The same in a terminal, which runsc makes.
     *
     * @param terminal waits for it
     */
    void runContainer(
            PodPlaces places, GvisorNetwork network, String id, Path bundle, Terminal terminal) {
        var socket = "--console-socket=" + terminal.console();
        var command = detached(places, network, id, socket, "--bundle", bundle.toString(), id);
        run(Spawn.of(config.program(), command), places, id, patience);
    }

    private String[] detached(
            PodPlaces places, GvisorNetwork network, String id, String... options) {
        var subcommand = new ArrayList<String>(List.of("run", "--detach"));
        subcommand.addAll(List.of(options));
        return command(places, network, id, subcommand.toArray(String[]::new));
    }

    private String[] command(
            PodPlaces places, GvisorNetwork network, String log, String... subcommand) {
        var all = new ArrayList<String>();
        all.add(PodProcesses.argument(places.directory()));
        all.add("--log=" + log(places, log));
        all.add("--log-format=json");
        all.add("--platform=" + config.platform());
        all.add("--network=" + network);
        // The daemon puts the sentry where it belongs.
        all.add("--ignore-cgroups");
        // The root file system has a writable layer already.
        all.add("--overlay2=none");
        // Without it a filter of system calls is left out, and nobody is told.
        all.add("--oci-seccomp");
        all.addAll(List.of(subcommand));
        return all.toArray(String[]::new);
    }

    private static Path log(PodPlaces places, String name) {
        return places.root().resolve(name + ".log");
    }

    private void run(Spawn spawn, PodPlaces places, String log, Duration patience) {
        try (var child = spawn.newSession().directory(Path.of("/")).start()) {
            int code = await(child, patience);
            if (code != 0) {
                throw new SandboxException.Failed(
                        "runsc ended with %d: %s".formatted(code, said(log(places, log))));
            }
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot start %s: %s".formatted(config.program(), e.getMessage()), e);
        } finally {
            // What is left of it nobody will ever read, and what the sentry may add to it has no
            // name.
            OwnFiles.removeFile(log(places, log));
            orphans.look();
        }
    }

    /** Nobody else knows of a command that is not waited for any more: it ends. */
    private int await(Child child, Duration patience) {
        try {
            var status = child.await(poller, patience);
            if (status.isPresent()) {
                return status.get().code();
            }
            child.pidfd().signal(Pidfd.SIGKILL);
            child.await(poller, patience);
            throw new SandboxException.TimedOut(
                    "runsc did not end within " + patience.toSeconds() + " s");
        } catch (InterruptedException _) {
            child.end(poller, patience);
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while runsc was at work");
        }
    }

    /** The last error in a log. */
    private static String said(Path log) {
        var text = PodPlaces.readEnd(log, MOST_OF_A_LOG);
        String last = "it does not say why";
        for (var line : text.split("\n", -1)) {
            try {
                var entry = JSON.readTree(line);
                if (entry.path("level").asString("").equals("error")) {
                    last = entry.path("msg").asString("");
                }
            } catch (JacksonException _) {
                // A line that is written just now, or a panic.
            }
        }
        return Printable.of(last);
    }
}
