// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.TtrpcServer;
import io.silica.wasm.engine.Admission;
import io.silica.wasm.engine.CachingEngine;
import io.silica.wasm.engine.MemoryBudget;
import io.silica.wasm.engine.WasmEngine;
import io.silica.wasm.engine.endive.EndiveEngine;
import io.silica.wasm.engine.wasmtime.WasmtimeEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The composition root of a worker: {@code WorkerMain --idle-exit=PT5M ...}, see {@link
 * WorkerOptions}. It inherits two listening Unix sockets: a stream as {@link #CALLS} and a
 * SEQPACKET one as {@link #DESCRIPTORS}.
 */
public final class WorkerMain {
    /** The descriptor on which ttrpc is served. */
    public static final int CALLS = 3;

    /** The descriptor on which descriptors are received. */
    public static final int DESCRIPTORS = 4;

    /**
     * The property that says how many bytes all guests may have together, where their memories are
     * not on the heap.
     */
    public static final String GUEST_MEMORY = "silica.guest-memory";

    /** Of the heap, for all but guests; measured. */
    private static final long OWN_HEAP = 24L << 20;

    private static final System.Logger LOG = System.getLogger(WorkerMain.class.getName());

    private WorkerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        run(WorkerOptions.parse(arguments), ProtocolVersions.OURS);
    }

    /** Serves until it is idle, and ends the process. */
    static void run(WorkerOptions options, ProtocolVersions versions) throws InterruptedException {
        var clock = clock();
        var poller = Poller.start("wasm-worker-poller");
        var engine = new CachingEngine(engine(options, clock), options.moduleCache());
        var compiler = new ModuleCompiler(engine, options.moduleLimit());
        var inbox = new DescriptorInbox(poller, clock, options.claimTime());
        var lingering = new LingeringOutput(clock, options.claimTime());
        var guests =
                new Guests(
                        engine,
                        compiler,
                        inbox,
                        lingering,
                        poller,
                        new Admission(budget()),
                        clock,
                        InstantSource.system(),
                        versions);
        int pid = Math.toIntExact(ProcessHandle.current().pid());
        var server =
                new TtrpcServer(
                        ServerConfig.of(
                                        new TaskService(guests, pid).definition(),
                                        new WorkerService(guests).definition())
                                .withExceptions(new StatusOfExceptions()));
        new Acceptor(poller, clock, listener(DESCRIPTORS), inbox::serve).start();
        new Acceptor(poller, clock, listener(CALLS), call -> serve(server, call, poller)).start();
        var idle =
                new IdleWatch(() ->
                        !guests.isEmpty() || server.connections() > 0 || inbox.connections() > 0);
        idle.start(clock, options.idleExit());
        idle.await();
        System.exit(0);
    }

    private static WasmEngine engine(WorkerOptions options, ScheduledExecutorService clock) {
        if (options.wasmtime().isEmpty()) {
            return new EndiveEngine(options.moduleLimit());
        }
        try {
            return new WasmtimeEngine(options.wasmtime().get(), options.moduleLimit(), clock);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the wasm worker can't have the engine wasmtime", e);
            System.exit(1);
            throw new UncheckedIOException(e);
        }
    }

    /** What is taken back is forgotten at once: an alarm may be for a year, and holds its guest. */
    private static ScheduledExecutorService clock() {
        var clock =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("wasm-worker-clock").daemon().factory());
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    /** What is said, or the heap without what the worker itself needs of it. */
    private static MemoryBudget budget() {
        long heap = Runtime.getRuntime().maxMemory();
        return new MemoryBudget(Long.getLong(GUEST_MEMORY, Math.max(heap / 2, heap - OWN_HEAP)));
    }

    private static UnixListener listener(int number) {
        return new UnixListener(Descriptor.adopt(number, "inherited descriptor " + number));
    }

    private static void serve(TtrpcServer server, UnixSocket connection, Poller poller) {
        var descriptor = connection.descriptor();
        server.serve(
                Channels.newChannel(poller.inputStream(descriptor)),
                Channels.newChannel(poller.outputStream(descriptor)));
    }
}
