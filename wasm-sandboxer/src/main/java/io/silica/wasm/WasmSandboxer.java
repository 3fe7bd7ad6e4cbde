// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.wasm.worker.ProtocolVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The kind {@code wasm}: pods share one worker on the node or have one to themselves, as {@link
 * Isolation} says. One is started when the first container that needs it is created; after an
 * upgrade there may be a former one beside it.
 */
public final class WasmSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "wasm";

    private final Workers workers;
    private final OwnWorkers owns;
    private final Isolation isolation;
    private final HostCalls.Factory host;
    private final InstantSource clock;
    private final Poller poller;

    /**
     * Starts nothing yet.
     *
     * @param command how a worker is started; asked for when one is to be
     * @param isolation which pods share one
     * @param directory where its sockets and its record are; made with mode 0700
     * @param host for calls that can block
     */
    WasmSandboxer(
            Supplier<WorkerCommand> command,
            Isolation isolation,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock) {
        this(command, isolation, directory, host, clock, ProtocolVersions.OURS);
    }

    /** The same for a daemon, and workers, of another release. */
    WasmSandboxer(
            Supplier<WorkerCommand> command,
            Isolation isolation,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock,
            ProtocolVersions versions) {
        this.poller = Poller.start("wasm-sandboxer-poller");
        this.workers =
                new Workers(command, new WorkerPlaces(directory), poller, versions, Payer.NODE);
        this.owns = new OwnWorkers(command, directory, poller, versions);
        this.isolation = isolation;
        this.host = host;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        PodWorkers.check(spec, isolation);
        return sandbox(spec, isolation, false);
    }

    private Sandbox sandbox(SandboxSpec spec, Isolation asMade, boolean former) {
        var own = new PodWorkers(spec, asMade, workers, owns);
        return new WasmSandbox(spec.id(), own, host.of(spec.id()), clock, former);
    }

    /** A sandbox is there without any process. */
    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        return Optional.of(sandbox(spec, isolation(identity), true));
    }

    /** As it was made; one of a release before there was a choice is as others are now. */
    private Isolation isolation(Map<String, String> identity) {
        var written = identity.get(WasmSandbox.ISOLATION);
        try {
            return written == null ? isolation : Isolation.valueOf(written);
        } catch (IllegalArgumentException e) {
            throw new SandboxException.InvalidArgument(
                    "a sandbox was made with the isolation \"" + written + "\", which there is not",
                    e);
        }
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        owns.endStrangers(known);
        workers.existing().stream()
                .map(WorkerGuests::new)
                .forEach(guests ->
                        guests.all().stream()
                                .filter(guest -> !isKnown(guest.getSandboxId(), known))
                                .forEach(guests::discard));
    }

    private static boolean isKnown(String sandbox, Predicate<SandboxId> known) {
        try {
            return known.test(new SandboxId(sandbox));
        } catch (SandboxException.InvalidArgument _) {
            return false;
        }
    }

    @Override
    public void close() {
        workers.close();
        owns.close();
        poller.close();
    }
}
