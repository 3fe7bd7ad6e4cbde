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
 * The kind {@code wasm}: pods share one worker on the node, which is started when the first
 * container is created. After an upgrade there may be a former one beside it.
 */
public final class WasmSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "wasm";

    private final Workers workers;
    private final HostCalls.Factory host;
    private final InstantSource clock;
    private final Poller poller;

    /**
     * Starts nothing yet.
     *
     * @param command how a worker is started; asked for when one is to be
     * @param directory where its sockets and its record are; made with mode 0700
     * @param host for calls that can block
     */
    public WasmSandboxer(
            Supplier<WorkerCommand> command,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock) {
        this(command, directory, host, clock, ProtocolVersions.OURS);
    }

    /** The same for a daemon, and workers, of another release. */
    WasmSandboxer(
            Supplier<WorkerCommand> command,
            Path directory,
            HostCalls.Factory host,
            InstantSource clock,
            ProtocolVersions versions) {
        this.poller = Poller.start("wasm-sandboxer-poller");
        this.workers = new Workers(command, new WorkerPlaces(directory), poller, versions);
        this.host = host;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        return new WasmSandbox(spec.id(), workers, host.of(spec.id()), clock, false);
    }

    /** A sandbox has no process of its own that could be gone. */
    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        return Optional.of(new WasmSandbox(spec.id(), workers, host.of(spec.id()), clock, true));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
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
        poller.close();
    }
}
