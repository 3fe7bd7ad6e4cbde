// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.wasm.worker.ProtocolVersions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A worker as somebody sees it who is not the daemon. */
final class BehindTheDaemon implements AutoCloseable {
    private final Poller poller = Poller.start("silica-test-behind");
    private final Optional<Worker> worker;

    /**
     * @param state where the daemon keeps its worker's files
     */
    BehindTheDaemon(Path state) {
        worker = Worker.adopt(new WorkerFiles(state), ProtocolVersions.OURS, poller);
    }

    List<String> containers() {
        return worker.map(it -> new WorkerGuests(it).all()).orElse(List.of()).stream()
                .map(WorkerContainer::getId)
                .toList();
    }

    /** Ends a container and tells its exit code. */
    int end(String container) {
        var task =
                new TaskClient(
                        worker.orElseThrow(
                                () -> new SandboxException.NotFound("there is no worker")),
                        new ContainerId(container));
        task.kill(Signal.TERM);
        return task.await().code();
    }

    @Override
    public void close() {
        worker.ifPresent(Worker::close);
        poller.close();
    }
}
