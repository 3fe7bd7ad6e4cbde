// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.examples.ExampleModules;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pods of a daemon; in the first of them a container sleeps for as long as they are there. */
final class Pods implements AutoCloseable {
    static final String FIRST = "pod-0";
    static final String CONTAINER = "sleeper";
    private static final String A_DAY_IN_MILLIS = "86400000";
    private static final int KILL = 9;

    private final ControllerConnection controller;
    private final TaskConnection tasks;
    private final Path directory;
    private int count;

    /**
     * @param directory for the container's bundle and image
     */
    Pods(ControllerConnection controller, TaskConnection tasks, Path directory) {
        this.controller = controller;
        this.tasks = tasks;
        this.directory = directory;
    }

    /** Adds pods until there are so many. */
    void grow(int wanted) throws IOException {
        while (count < wanted) {
            var pod = name(count);
            controller.create(pod);
            var _ = controller.start(pod);
            count++;
            if (pod.equals(FIRST)) {
                startContainer();
            }
        }
    }

    private void startContainer() throws IOException {
        Path image = Files.createDirectories(directory.resolve("image"));
        Files.write(image.resolve("sleep.wasm"), ExampleModules.bytes("sleep"));
        var arguments = List.of("/sleep.wasm", A_DAY_IN_MILLIS);
        var bundle = Bundle.create(directory, image, FIRST, CONTAINER, arguments);
        var _ = tasks.create(bundle.request().build());
        var _ = tasks.start(CONTAINER);
    }

    /** Removes them all. */
    @Override
    public void close() {
        if (count > 0) {
            tasks.kill(CONTAINER, KILL);
            var _ = tasks.await(CONTAINER);
            var _ = tasks.delete(CONTAINER);
        }
        while (count > 0) {
            count--;
            controller.stop(name(count));
            controller.shutdown(name(count));
        }
    }

    private static String name(int number) {
        return "pod-" + number;
    }
}
