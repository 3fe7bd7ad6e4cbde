// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.ShortName;
import io.silica.wasm.worker.ProtocolVersions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The workers that pods have to themselves, each in a directory whose name follows from the
 * sandbox's id: so a daemon that comes back knows where to look, whatever was written down. Any
 * thread may call any method.
 */
final class OwnWorkers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OwnWorkers.class.getName());
    private static final String PREFIX = "pod-";

    /** An address of a Unix socket has 107 bytes, and an id may have most of them. */
    private static final int NAME_LENGTH = 16;

    private final Supplier<WorkerCommand> command;
    private final Path directory;
    private final Poller poller;
    private final ProtocolVersions versions;
    private final Supplier<Optional<String>> build;
    private final Map<SandboxId, OwnWorker> all = new ConcurrentHashMap<>();

    /**
     * @param directory need not exist
     * @param build as {@link Workers} take it
     */
    OwnWorkers(
            Supplier<WorkerCommand> command,
            Path directory,
            Poller poller,
            ProtocolVersions versions,
            Supplier<Optional<String>> build) {
        this.command = command;
        this.directory = directory;
        this.poller = poller;
        this.versions = versions;
        this.build = build;
    }

    /**
     * That of a sandbox.
     *
     * @param payer whom it is charged to
     */
    OwnWorker of(SandboxId sandbox, Payer payer) {
        var place = directory.resolve(name(sandbox));
        var workers = new Workers(command, new WorkerPlaces(place), poller, versions, payer, build);
        var own = new OwnWorker(sandbox, place, workers);
        all.put(sandbox, own);
        return own;
    }

    /** A sandbox is gone. */
    void forget(SandboxId sandbox) {
        all.remove(sandbox);
    }

    static String name(SandboxId sandbox) {
        return PREFIX + ShortName.of(sandbox.value(), NAME_LENGTH);
    }

    /** Ends those of sandboxes that nobody knows. */
    void endStrangers(Predicate<SandboxId> known) {
        var ours = all.keySet().stream().map(OwnWorkers::name).toList();
        for (var place : places()) {
            if (!ours.contains(place.getFileName().toString())) {
                endStranger(place, known);
            }
        }
    }

    private void endStranger(Path place, Predicate<SandboxId> known) {
        try {
            var owner = OwnWorker.owner(place);
            if (!known.test(owner)) {
                LOG.log(
                        Level.INFO,
                        "ending the wasm worker of sandbox {0}, which no record knows",
                        owner);
                of(owner, Payer.NODE).end();
                forget(owner);
            }
        } catch (NoSuchFileException _) {
            // Its daemon died before there was anything in it; it is made anew or stays empty.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SandboxException.InvalidArgument e) {
            LOG.log(Level.WARNING, place + " does not say whose worker is in it", e);
        }
    }

    private List<Path> places() {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.filter(it -> it.getFileName().toString().startsWith(PREFIX)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of all of them; they live on. */
    @Override
    public void close() {
        all.values().forEach(OwnWorker::close);
        all.clear();
    }
}
