// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Pods by the commands of runsc and nothing else: no daemon that starts sentries by them can be
 * faster. The flags are those of our daemon.
 */
final class BareRunsc {
    private final Path program;
    private final Path directory;
    private final Path image;
    private final AtomicInteger made = new AtomicInteger();

    /**
     * @param directory where its state may be
     * @param image a root file system with {@code /pause} and {@code /hello}
     */
    BareRunsc(Path program, Path directory, Path image) {
        this.program = program;
        this.directory = directory;
        this.image = image;
    }

    /** A sentry with its root container, and one container more. */
    final class Pod implements AutoCloseable {
        private final String id = "pod-" + made.getAndIncrement();

        /** Starts the sentry. */
        Pod() throws IOException, InterruptedException {
            run("create", "--bundle", bundle("sandbox", "/pause"), id);
            run("start", id);
        }

        /** Runs {@code /hello} and waits for its line. */
        void awaitLine() throws IOException, InterruptedException {
            var container =
                    command("run", "--bundle", bundle("container", "/hello"), id + "-c").start();
            try (BufferedReader lines = container.inputReader(StandardCharsets.UTF_8)) {
                if (lines.readLine() == null) {
                    throw new IOException("no line of " + id);
                }
            }
        }

        /** Starts a container that waits. */
        void sleep() throws IOException, InterruptedException {
            run("run", "--detach", "--bundle", bundle("container", "/hello", "sleep"), id + "-c");
        }

        /** Adds a process and waits for its end, which has to be 0. */
        void exec(String command) throws IOException, InterruptedException {
            run("exec", id + "-c", command);
        }

        private String bundle(String type, String... args) throws IOException {
            var bundle = Files.createDirectories(directory.resolve(id + "-" + type));
            Files.writeString(bundle.resolve("config.json"), config(type, args));
            return bundle.toString();
        }

        private String config(String type, String... args) {
            return """
            {"ociVersion": "1.0.0", "root": {"path": "%s", "readonly": true},
             "process": {"cwd": "/", "user": {"uid": 0, "gid": 0}, "args": [%s]},
             "annotations": {"io.kubernetes.cri.container-type": "%s",
                             "io.kubernetes.cri.sandbox-id": "%s"},
             "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}]}}
            """
                    .formatted(
                            image,
                            List.of(args).stream()
                                    .map(it -> '"' + it + '"')
                                    .collect(Collectors.joining(", ")),
                            type,
                            id);
        }

        @Override
        public void close() throws IOException {
            try {
                delete(id + "-c");
                delete(id);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Once in a while it gives up waiting for an end that comes a moment later. */
    private void delete(String id) throws IOException, InterruptedException {
        if (code("delete", "--force", id) != 0) {
            run("delete", "--force", id);
        }
    }

    /** How long it takes from nothing to the first line. */
    Duration firstLine() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (var pod = new Pod()) {
            pod.awaitLine();
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }

    /** How long it takes until the last of so many, begun at the same time, has said its line. */
    Duration atOnce(int count) throws IOException, InterruptedException {
        var pods = new ConcurrentLinkedQueue<Pod>();
        try {
            long begun = System.nanoTime();
            ManyPods.each(
                    Collections.nCopies(count, pods),
                    all -> {
                        var pod = new Pod();
                        all.add(pod);
                        pod.awaitLine();
                    });
            return Duration.ofNanos(System.nanoTime() - begun);
        } finally {
            close(pods);
        }
    }

    private static void close(Queue<Pod> pods) throws IOException {
        for (var pod : pods) {
            pod.close();
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        int code = code(command);
        if (code != 0) {
            throw new IOException("runsc " + String.join(" ", command) + " ended with " + code);
        }
    }

    private int code(String... command) throws IOException, InterruptedException {
        // What it starts may keep its output open.
        return command(command).redirectOutput(Redirect.DISCARD).start().waitFor();
    }

    private ProcessBuilder command(String... command) {
        var all = new ArrayList<String>();
        all.add(program.toString());
        all.add("--root=" + directory.resolve("root"));
        all.addAll(List.of("--platform=systrap", "--network=host", "--ignore-cgroups"));
        all.add("--overlay2=none");
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectError(Redirect.DISCARD);
    }
}
