// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Signal;
import io.silica.wasm.worker.ProtocolVersions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The workers as somebody sees them who is not the daemon. */
final class BehindTheDaemon implements AutoCloseable {
    private final Poller poller = Poller.start("silica-test-behind");
    private final List<Worker> workers;

    /**
     * @param state where the daemon keeps its workers' files
     */
    BehindTheDaemon(Path state) {
        workers =
                places(state)
                        .map(WorkerFiles::new)
                        .flatMap(files ->
                                Worker.adopt(files, ProtocolVersions.OURS, poller, Optional.empty())
                                        .stream())
                        .toList();
    }

    /** The directories of the workers that are shared, and those of pods, of both engines. */
    static Stream<Path> places(Path state) {
        return Stream.of(state, state.resolve(Engine.WASMTIME.handler()))
                .flatMap(BehindTheDaemon::placesIn);
    }

    /** The pids of those that are written down and live. */
    static Stream<Integer> workers(Path state) {
        return places(state)
                .flatMap(place -> new WorkerFiles(place).load().stream())
                .map(WorkerRecord::identity)
                .filter(ProcessIdentity::isCurrent)
                .map(ProcessIdentity::pid);
    }

    private static Stream<Path> placesIn(Path state) {
        if (Files.notExists(state)) {
            return Stream.of(state);
        }
        try (var files = Files.list(state)) {
            var others =
                    files.filter(it -> it.getFileName().toString().matches("pod-.*|[1-9]\\d*"))
                            .toList();
            return Stream.concat(Stream.of(state), others.stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> containers() {
        return workers.stream()
                .flatMap(it -> new WorkerGuests(it).all().stream())
                .map(WorkerContainer::getId)
                .toList();
    }

    /** Ends and deletes all containers. */
    void forget() {
        for (var worker : workers) {
            var guests = new WorkerGuests(worker);
            guests.all().forEach(guests::discard);
        }
    }

    /** Ends a container and tells its exit code. */
    int end(String container) {
        var worker =
                workers.stream()
                        .filter(it ->
                                new WorkerGuests(it)
                                        .all().stream()
                                                .anyMatch(guest -> guest.getId().equals(container)))
                        .findFirst()
                        .orElseThrow();
        var task = new TaskClient(worker, new ContainerId(container));
        task.kill(Signal.TERM);
        return task.await().code();
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
        poller.close();
    }
}
