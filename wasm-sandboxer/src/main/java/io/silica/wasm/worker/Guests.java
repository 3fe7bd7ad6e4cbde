// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Poller;
import io.silica.proto.wasm.Preopen;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.engine.Admission;
import io.silica.wasm.engine.MemoryAllowance;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.WasiConfig;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.WasmModule;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/** All guests of this process, until each is deleted. Any thread may call any method. */
final class Guests {
    private final WasmEngine engine;
    private final ModuleCompiler compiler;
    private final DescriptorInbox inbox;
    private final LingeringOutput lingering;
    private final Poller poller;
    private final Admission admission;
    private final ScheduledExecutorService alarms;
    private final InstantSource clock;
    private final ProtocolVersions versions;
    private final Map<ContainerId, Guest> guests = new ConcurrentHashMap<>();
    private final Set<ContainerId> creating = ConcurrentHashMap.newKeySet();

    Guests(
            WasmEngine engine,
            ModuleCompiler compiler,
            DescriptorInbox inbox,
            LingeringOutput lingering,
            Poller poller,
            Admission admission,
            ScheduledExecutorService alarms,
            InstantSource clock,
            ProtocolVersions versions) {
        this.engine = engine;
        this.compiler = compiler;
        this.inbox = inbox;
        this.lingering = lingering;
        this.poller = poller;
        this.admission = admission;
        this.alarms = alarms;
        this.clock = clock;
        this.versions = versions;
    }

    /**
     * Makes a guest ready to start. Blocks until its module is compiled.
     *
     * @param abandoned whether nobody waits for it any more; then it is not made
     * @throws SandboxException.AlreadyExists if the id is taken
     * @throws SandboxException.InvalidArgument if the module can't be run or a descriptor is
     *     missing
     * @throws SandboxException.NotFound if its module is to come compiled and has not
     */
    Guest create(ContainerId id, WasmContainer container, BooleanSupplier abandoned) {
        var descriptors = claim(container);
        try {
            reserve(id);
            try {
                var guest = guest(id, container, descriptors);
                requireWanted(guest, abandoned);
                guests.put(id, guest);
                lingering.release(id);
                return guest;
            } finally {
                created(id);
            }
        } catch (RuntimeException e) {
            descriptors.close();
            throw e;
        }
    }

    private void requireWanted(Guest guest, BooleanSupplier abandoned) {
        if (abandoned.getAsBoolean()) {
            giveUp(guest);
            throw new SandboxException.Cancelled(
                    "container \"%s\" was created for a caller who has gone".formatted(guest.id()));
        }
    }

    private Descriptors claim(WasmContainer container) {
        return inbox.claim(container.getDescriptorToken())
                .map(Descriptors::new)
                .orElseThrow(() ->
                        new SandboxException.InvalidArgument(
                                "no descriptors came for this container, or too long ago"));
    }

    /** One that is being created for a daemon that died is waited for: it is undone. */
    private void reserve(ContainerId id) {
        synchronized (creating) {
            while (creating.contains(id)) {
                await(id);
            }
            if (guests.containsKey(id)) {
                throw new SandboxException.AlreadyExists("container \"%s\" exists".formatted(id));
            }
            creating.add(id);
        }
    }

    private void await(ContainerId id) {
        try {
            creating.wait();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "interrupted while container \"%s\" is being created".formatted(id));
        }
    }

    private void created(ContainerId id) {
        synchronized (creating) {
            creating.remove(id);
            creating.notifyAll();
        }
    }

    private Guest guest(ContainerId id, WasmContainer container, Descriptors descriptors) {
        check(container);
        try {
            var module = module(container, descriptors);
            var memory = memory(id, container);
            try {
                return guest(id, container, descriptors, module, memory);
            } catch (RuntimeException e) {
                memory.release();
                throw e;
            }
        } catch (ModuleException e) {
            throw new SandboxException.InvalidArgument(
                    "the module of container \"%s\" can't be run: %s"
                            .formatted(id, Printable.of(e.getMessage())),
                    e);
        }
    }

    /**
     * A limit is set aside: it is of no use where others may have it first. Without one a guest has
     * what is left whenever it asks.
     */
    private MemoryAllowance memory(ContainerId id, WasmContainer container) {
        long limit = container.getMemoryLimit();
        return admission
                .admit(container.getSandboxId(), limit, sandboxLimit(container))
                .orElseThrow(() ->
                        new SandboxException.Exhausted(
                                "container \"%s\" has a memory limit of %d bytes and costs %d besides, and its worker has %d left of the %d that all its containers may have together"
                                        .formatted(
                                                id,
                                                limit,
                                                Admission.OVERHEAD,
                                                admission.left(),
                                                admission.total())));
    }

    /** A daemon that does not know of it leaves it as it is. */
    private static OptionalLong sandboxLimit(WasmContainer container) {
        return container.hasSandboxMemoryLimit()
                ? OptionalLong.of(container.getSandboxMemoryLimit())
                : OptionalLong.empty();
    }

    /** Beyond what can be counted a limit would give back what nobody took. */
    private static void requireCountable(long limit) {
        if (limit < 0) {
            throw new SandboxException.InvalidArgument(
                    "a memory limit of %s bytes is more than can be counted"
                            .formatted(Long.toUnsignedString(limit)));
        }
    }

    /**
     * Changes what the guests of a sandbox may have together.
     *
     * @param bytes 0 for what is left
     * @throws SandboxException.InvalidArgument if nobody can count so many
     * @throws SandboxException.WrongState if they have taken more
     */
    void limitSandbox(String sandbox, long bytes) {
        requireCountable(bytes);
        var taken = admission.limit(sandbox, bytes);
        if (taken.isPresent()) {
            throw new SandboxException.WrongState(
                    "the memory limit of sandbox \"%s\" can't be %d: its containers have taken %d bytes"
                            .formatted(Printable.of(sandbox), bytes, taken.getAsLong()));
        }
    }

    /** The streams come last: who reads takes them for ended if they are closed again. */
    private Guest guest(
            ContainerId id,
            WasmContainer container,
            Descriptors descriptors,
            WasmModule module,
            MemoryAllowance memory) {
        var stdio = GuestStdio.of(id, container, descriptors, poller);
        try {
            return new Guest(
                    id,
                    container.getSandboxId(),
                    engine.instantiate(module, config(container, descriptors, stdio, memory)),
                    stdio,
                    descriptors,
                    memory,
                    new GuestNiceness(container.getCpuShares()),
                    new Deadline(container.getDeadlineMillis(), alarms),
                    clock);
        } catch (RuntimeException e) {
            stdio.close();
            throw e;
        }
    }

    private void check(WasmContainer container) {
        requireCountable(container.getMemoryLimit());
        requireCountable(container.getSandboxMemoryLimit());
        if (!versions.contains(container.getProtocolVersion())) {
            throw new SandboxException.WrongState(
                    "this worker speaks version %s of its protocol, not %s"
                            .formatted(
                                    versions,
                                    Integer.toUnsignedString(container.getProtocolVersion())));
        }
        var wanted = container.getEngine();
        if (!wanted.isEmpty() && !wanted.equals(engine.name())) {
            throw new SandboxException.InvalidArgument(
                    "this worker has the engine %s, not %s"
                            .formatted(engine.name(), Printable.of(wanted)));
        }
    }

    private WasiConfig config(
            WasmContainer container,
            Descriptors descriptors,
            GuestStdio stdio,
            MemoryAllowance memory) {
        return new WasiConfig(
                container.getArgsList(),
                container.getEnvList(),
                stdio.stdin(),
                stdio.stdout(),
                stdio.stderr(),
                listeners(container.getListenersList(), descriptors),
                preopens(container.getPreopensList(), descriptors),
                memory);
    }

    private WasmModule module(WasmContainer container, Descriptors descriptors) {
        var file = descriptors.get(container.getModule());
        var pod = container.getSandboxId();
        return container.getBringsCompiled()
                ? compiler.take(
                        pod,
                        file,
                        descriptors.named(container.hasCompiled(), container.getCompiled()))
                : compiler.compile(pod, file);
    }

    private List<WasiConfig.Listener> listeners(List<Integer> indexes, Descriptors descriptors) {
        return indexes.stream()
                .map(index -> new WasiConfig.Listener(descriptors.get(index), poller))
                .toList();
    }

    private static List<WasiConfig.Preopen> preopens(
            List<Preopen> preopens, Descriptors descriptors) {
        return preopens.stream()
                .map(preopen ->
                        new WasiConfig.Preopen(
                                preopen.getGuestPath(),
                                descriptors.path(preopen.getDirectory()),
                                preopen.getReadOnly()))
                .toList();
    }

    /**
     * The guest with an id.
     *
     * @throws SandboxException.NotFound if there is none
     */
    Guest get(String id) {
        return Optional.ofNullable(guests.get(new ContainerId(id)))
                .orElseThrow(() ->
                        new SandboxException.NotFound(
                                "there is no container \"%s\" in this worker".formatted(id)));
    }

    /** Forgets a guest that does not run. */
    ExitStatus delete(String id) {
        var guest = get(id);
        var status = guest.delete();
        guests.remove(guest.id(), guest);
        return status;
    }

    /**
     * Forgets a guest that was never started, and may be made anew.
     *
     * @throws SandboxException.WrongState if it was started
     */
    void discard(String id) {
        var guest = get(id);
        if (!(guest.state() instanceof ProcessState.Created)) {
            throw new SandboxException.WrongState(
                    "container \"%s\" was started: it can't be discarded".formatted(id));
        }
        giveUp(guest);
        guests.remove(guest.id(), guest);
    }

    /** One that may be made anew, and writes to the same streams then. */
    private void giveUp(Guest guest) {
        lingering.keep(guest.id(), guest.duplicateOutputs());
        guest.delete();
    }

    /** All of them. */
    Collection<Guest> all() {
        return List.copyOf(guests.values());
    }

    boolean isEmpty() {
        return guests.isEmpty() && creating.isEmpty();
    }
}
