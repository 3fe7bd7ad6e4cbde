// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.wasm.worker.ProtocolVersions;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The workers of this node: found again if an earlier daemon left some, started when one is first
 * needed, replaced when they have died. There is one, but after an upgrade across more than one
 * version of their protocol: one that shares no version with this daemon keeps the containers that
 * it has, and another one gets the new ones. Any thread may call any method; a start takes its
 * time.
 */
final class Workers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Workers.class.getName());

    private static final Comparator<Worker> NEWEST =
            Comparator.comparingInt((Worker worker) -> worker.protocol().orElse(0))
                    .thenComparingLong(Worker::startTime);

    private final Supplier<WorkerCommand> command;
    private final WorkerPlaces places;
    private final Poller poller;
    private final ProtocolVersions versions;
    private final Payer payer;
    private final Supplier<Optional<String>> build;
    private final SortedMap<Integer, Worker> living = new TreeMap<>();
    private boolean sought;

    /**
     * @param command how a worker is started; asked for when one is to be: a daemon that comes back
     *     finds its worker, and what a new one may see takes time to find out
     * @param versions of the protocol that we speak, and so does a worker that is started
     * @param payer whom they are charged to
     * @param build which build of its engine a worker that is started has; asked for as the command
     */
    Workers(
            Supplier<WorkerCommand> command,
            WorkerPlaces places,
            Poller poller,
            ProtocolVersions versions,
            Payer payer,
            Supplier<Optional<String>> build) {
        this.command = command;
        this.places = places;
        this.poller = poller;
        this.versions = versions;
        this.payer = payer;
        this.build = build;
    }

    /**
     * One that lives and can be given a new container: if there are several, the newest.
     *
     * @param protocol the oldest version of worker.proto that can say what the container needs
     */
    synchronized Worker get(int protocol) {
        return existing().stream()
                .filter(worker -> worker.protocol().orElse(0) >= protocol && !worker.isRetired())
                .max(NEWEST)
                .orElseGet(this::start);
    }

    /** Those that live. */
    synchronized List<Worker> existing() {
        var dead = living.values().stream().filter(worker -> !worker.isAlive()).toList();
        dead.forEach(Worker::close);
        living.values().removeAll(dead);
        if (!sought || living.isEmpty()) {
            seek();
            sought = true;
        }
        return List.copyOf(living.values());
    }

    /** Once there are some, those that come later are ours. */
    private void seek() {
        for (int number : places.numbers()) {
            if (!living.containsKey(number)) {
                Worker.adopt(places.files(number), versions, poller, payer.cgroup().get())
                        .ifPresent(worker -> adopted(number, worker));
            }
        }
    }

    private void adopted(int number, Worker worker) {
        living.put(number, worker);
        if (worker.protocol().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "the wasm worker with pid {0} shares no version of its protocol with this daemon, which speaks {1}:"
                            + " it keeps its containers, and new ones go to another worker",
                    Integer.toString(worker.pid()),
                    versions);
        }
    }

    private Worker start() {
        int number = 0;
        while (living.containsKey(number)) {
            number++;
        }
        var charged = command.get().with(payer.share().get());
        var started = Worker.start(charged, places.files(number), versions, build.get(), poller);
        LOG.log(Level.INFO, "started a wasm worker, pid " + started.pid());
        living.put(number, started);
        return started;
    }

    /** Lets go of the workers; they live on. */
    @Override
    public synchronized void close() {
        living.values().forEach(Worker::close);
        living.clear();
    }
}
