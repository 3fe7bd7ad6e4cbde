// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds out whether a runsc works on this machine, by running a pod that starts one process after
 * the other for three seconds, the way in which the daemon runs pods: by runsc's commands and the
 * sentry's control socket. There are builds that pass any shorter test and then panic, platforms
 * that never come back, and may be versions whose sentries speak otherwise. That one works is kept
 * for as long as program, kernel and platform are the same.
 */
final class Probe {
    private static final System.Logger LOG = System.getLogger(Probe.class.getName());
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** For all that the trial of somebody else may take. */
    private static final int STEPS = 4;

    private static final String GOOD = "good";
    private static final SandboxId OWN = new SandboxId("silica-probe");

    private final GvisorConfig config;
    private final Runsc runsc;
    private final Poller poller;
    private final Duration patience;
    private String seenFile = "";
    private String seenKey = "";
    private String triedKey = "";
    private String verdict = "";

    Probe(GvisorConfig config, Runsc runsc, Poller poller) {
        this(config, runsc, poller, PATIENCE);
    }

    /**
     * @param patience for each step of a trial
     */
    Probe(GvisorConfig config, Runsc runsc, Poller poller, Duration patience) {
        this.config = config;
        this.runsc = runsc;
        this.poller = poller;
        this.patience = patience;
    }

    /**
     * @throws SandboxException.Unavailable naming what does not work
     */
    synchronized void require() {
        var key = key();
        if (!key.equals(triedKey)) {
            verdict = verdict(config.verdicts().resolve(key));
            triedKey = key;
        }
        if (!verdict.equals(GOOD)) {
            throw new SandboxException.Unavailable(
                    "%s does not work here on platform %s: %s"
                            .formatted(config.program(), config.platform(), verdict));
        }
    }

    /** A bad one is good for this life only: perhaps the machine was short of something. */
    private String verdict(Path kept) {
        if (Files.exists(kept)) {
            return GOOD;
        }
        OwnFiles.directoryIfMissing(config.verdicts());
        try (var _ = TrialLock.take(config.verdicts(), patience.multipliedBy(STEPS))) {
            // Whoever was waited for may have found it out.
            return Files.exists(kept) ? GOOD : triedAndKept(kept);
        }
    }

    private String triedAndKept(Path kept) {
        LOG.log(Level.INFO, "trying {0}, which takes some seconds once", config.program());
        var found = tried();
        LOG.log(Level.INFO, "{0} on {1}: {2}", config.program(), config.platform(), found);
        if (found.equals(GOOD)) {
            OwnFiles.write(kept, found.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }

    private String tried() {
        var places = PodPlaces.of(config.verdicts(), OWN);
        var processes = new PodProcesses(places.directory(), poller);
        processes.kill();
        places.remove();
        try {
            places.create(OWN, GvisorNetwork.NONE);
            OwnFiles.write(places.pod().resolve("config.json"), pod());
            runsc.startAlone(places, patience);
            return worked(SentryRecord.ofRunsc(places));
        } catch (SandboxException.Cancelled e) {
            // It says nothing of the program.
            throw e;
        } catch (SandboxException e) {
            return Printable.of(String.valueOf(e.getMessage()));
        } finally {
            end(places, processes);
        }
    }

    private static void end(PodPlaces places, PodProcesses processes) {
        try {
            processes.kill();
        } finally {
            places.remove();
        }
    }

    private String worked(SentryRecord sentry) {
        try {
            int status =
                    PodInit.run(
                            new ControlSocket(sentry.socket(), poller), PodInit.PROBE, patience);
            return status == 0
                    ? GOOD
                    : "starting processes for three seconds ended with status " + status;
        } finally {
            sentry.removeSocket();
        }
    }

    private byte[] pod() {
        var document = JSON.createObjectNode().put("ociVersion", "1.0.0");
        var process = document.putObject("process").put("cwd", "/");
        process.putObject("user").put("uid", 0).put("gid", 0);
        process.putArray("args").add("/pod-init");
        document.putObject("root").put("path", config.podRoot().toString()).put("readonly", true);
        document.putObject("linux").putArray("namespaces").addObject().put("type", "network");
        return JSON.writeValueAsBytes(document);
    }

    private String key() {
        // The digest of the same file is not computed for every pod.
        var file = config.program().toFile();
        var seen = file.lastModified() + "-" + file.length();
        if (!seen.equals(seenFile)) {
            seenKey = computedKey();
            seenFile = seen;
        }
        return seenKey;
    }

    private String computedKey() {
        return "%s-%s-%s"
                .formatted(
                        digest().substring(0, 32),
                        System.getProperty("os.version", "").replaceAll("[^A-Za-z0-9.-]", "_"),
                        config.platform());
    }

    private String digest() {
        try (InputStream program =
                new DigestInputStream(Files.newInputStream(config.program()), sha256())) {
            program.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of()
                    .formatHex(((DigestInputStream) program).getMessageDigest().digest());
        } catch (IOException e) {
            throw new SandboxException.Unavailable(
                    "there is no usable runsc at %s: %s"
                            .formatted(config.program(), e.getMessage()),
                    e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
