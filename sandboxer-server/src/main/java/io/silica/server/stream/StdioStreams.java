// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Stdio;
import io.silica.ttrpc.ServiceDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Streamed stdio for a daemon whose kind knows FIFOs only. Any thread may call any method. */
public final class StdioStreams implements AutoCloseable {
    /** The service by which containerd opens streams, and its method, as on the wire. */
    public static final String SERVICE = "containerd.services.streaming.v1.Streaming";

    public static final String METHOD = "Stream";

    private static final Logger LOGGER = System.getLogger(StdioStreams.class.getName());

    private static final String STDIN = "stdin";
    private static final String STDOUT = "stdout";
    private static final String STDERR = "stderr";

    private final Path directory;
    private final Poller poller;
    private final StreamPatience patience;
    private final StreamTable table = new StreamTable();
    private final AwaitedProcesses awaited = new AwaitedProcesses();
    private final ConcurrentMap<StreamOwner, ProcessStreams> processes = new ConcurrentHashMap<>();

    /**
     * @param directory for the FIFOs of all sandboxes: the daemon's alone, and there
     * @param poller waits for them; closed later than this
     */
    public StdioStreams(Path directory, Poller poller) {
        this(directory, poller, StreamPatience.STANDARD);
    }

    StdioStreams(Path directory, Poller poller, StreamPatience patience) {
        this.directory = directory;
        this.poller = poller;
        this.patience = patience;
    }

    /**
     * The service by which containerd opens streams.
     *
     * @param room whether a container more can be served; without it a stream is opened again only
     */
    public ServiceDefinition service(BooleanSupplier room) {
        return new StreamService(table, room).definition();
    }

    /** The kind as the rest of the daemon is to know it: its processes can have streams. */
    public Sandboxer around(Sandboxer kind) {
        return new StreamedSandboxer(kind, this);
    }

    /**
     * containerd waits for the end of a process.
     *
     * @return to be closed when it does not any more; doing that twice is harmless
     */
    public Exit.Registration awaiting(ContainerId container, Optional<ExecId> exec) {
        var process = new StreamOwner(container, exec);
        awaited.begin(process);
        look(process);
        var over = new AtomicBoolean();
        return () -> {
            if (over.compareAndSet(false, true)) {
                awaited.end(process);
                look(process);
            }
        };
    }

    private void look(StreamOwner process) {
        var streams = processes.get(process);
        if (streams != null) {
            streams.look();
        }
    }

    /** Where a sandbox has its FIFOs. */
    StreamDirectory directory(SandboxId sandbox) {
        return new StreamDirectory(directory.resolve(sandbox.value()));
    }

    StreamPatience patience() {
        return patience;
    }

    /**
     * Makes the streams of a new process.
     *
     * @return empty if it has none
     * @throws SandboxException.WrongState if containerd has not opened them
     */
    Optional<ProcessStreams> create(StreamDirectory of, StreamOwner process, Stdio stdio) {
        var places = places(process, stdio);
        if (places.isEmpty()) {
            return Optional.empty();
        }
        of.make();
        var streams = new ProcessStreams(of, seenByKind(of, process, stdio));
        try {
            places.forEach(it -> add(streams, it, of.create(it.fifo())));
            enter(process, streams);
            streams.require(table);
            return Optional.of(streams);
        } catch (RuntimeException e) {
            end(process, streams);
            throw e;
        }
    }

    /**
     * Finds those of a process that an earlier life of the daemon made.
     *
     * @return empty if it has none
     */
    Optional<ProcessStreams> find(StreamDirectory of, StreamOwner process, FormerProcess former) {
        Stdio stdio = former.stdio();
        var places = places(process, stdio);
        if (places.isEmpty()) {
            return Optional.empty();
        }
        var known = processes.get(process);
        if (known != null) {
            return Optional.of(known);
        }
        var streams = new ProcessStreams(of, seenByKind(of, process, stdio));
        if (!(former.state() instanceof ProcessState.Stopped)) {
            places.forEach(place -> reopen(streams, of, place));
        }
        if (!(former.state() instanceof ProcessState.Created)) {
            streams.started();
        }
        enter(process, streams);
        return Optional.of(streams);
    }

    /** The names of the FIFOs of a process. */
    List<String> fifos(StreamOwner process, Stdio stdio) {
        return places(process, stdio).stream().map(Place::fifo).toList();
    }

    /** Ends the streams of a process and removes what they have; doing it twice is harmless. */
    void end(StreamOwner process, ProcessStreams streams) {
        processes.remove(process, streams);
        streams.end(table);
    }

    /** The same for all that a sandbox has. */
    void endAll(StreamDirectory sandbox) {
        processes.forEach((process, streams) -> {
            if (streams.areIn(sandbox)) {
                end(process, streams);
            }
        });
        sandbox.delete();
    }

    /** Removes what is left of sandboxes that nobody knows. */
    void removeStrangers(Predicate<SandboxId> known) {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                var sandbox = new SandboxId(entry.getFileName().toString());
                if (!known.test(sandbox)) {
                    directory(sandbox).delete();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of all of them: the next life of the daemon goes on with them. */
    @Override
    public void close() {
        processes.values().forEach(ProcessStreams::letGo);
    }

    private void enter(StreamOwner process, ProcessStreams streams) {
        processes.put(process, streams);
        streams.begin(table);
    }

    /** Those of its streams that are streamed. */
    private static List<Place> places(StreamOwner process, Stdio stdio) {
        return Stream.of(
                        StreamAddress.id(stdio.stdin()).map(it -> new Place(process, STDIN, it)),
                        StreamAddress.id(stdio.stdout()).map(it -> new Place(process, STDOUT, it)),
                        StreamAddress.id(stdio.stderr()).map(it -> new Place(process, STDERR, it)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Stdio seenByKind(StreamDirectory of, StreamOwner process, Stdio stdio) {
        return new Stdio(
                seenByKind(of, new Place(process, STDIN, ""), stdio.stdin()),
                seenByKind(of, new Place(process, STDOUT, ""), stdio.stdout()),
                seenByKind(of, new Place(process, STDERR, ""), stdio.stderr()),
                stdio.terminal());
    }

    private static String seenByKind(StreamDirectory of, Place place, String stdio) {
        return StreamAddress.id(stdio).isPresent() ? of.fifo(place.fifo()).toString() : stdio;
    }

    private void reopen(ProcessStreams streams, StreamDirectory of, Place place) {
        try {
            add(streams, place, of.open(place.fifo()));
        } catch (SandboxException e) {
            LOGGER.log(Level.WARNING, "the {0} is lost: {1}", place.name(), e.getMessage());
        }
    }

    private void add(ProcessStreams streams, Place place, Descriptor fifo) {
        if (place.stream.equals(STDIN)) {
            streams.add(place.id, place.fifo(), new InputPipe(fifo, poller));
        } else {
            streams.add(place.id, place.fifo(), output(streams, place, fifo));
        }
    }

    private OutputPipe output(ProcessStreams streams, Place place, Descriptor fifo) {
        return new OutputPipe(
                place.name(),
                fifo,
                poller,
                () -> awaited.contains(place.process),
                patience,
                streams::outputOver);
    }

    /** A stream of a process, and the id by which containerd opens it. */
    private record Place(StreamOwner process, String stream, String id) {
        String fifo() {
            return process.fifo(stream);
        }

        String name() {
            return process.name(stream);
        }
    }
}
