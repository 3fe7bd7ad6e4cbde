// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a daemon takes at a moment, and the node because of it.
 *
 * @param processes its supervisor and all below that
 * @param descriptors of all of them
 * @param threads of all of them
 * @param mounts of the node
 * @param cgroups below those of the node's pods
 * @param heapKib of the daemon, after a collection of garbage
 */
record Footprint(
        long processes, long descriptors, long threads, long mounts, long cgroups, long heapKib) {
    /** Takes it. The daemon collects its garbage for that. */
    static Footprint of(Node node, Sandboxer sandboxer) {
        Command.run(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(sandboxer.daemonPid()),
                "GC.run");
        var processes = sandboxer.processes();
        return new Footprint(
                processes.size(),
                sum(processes, process -> OpenFiles.of(process).size()),
                sum(processes, Footprint::threads),
                Leftovers.mounts(node).size(),
                node.cgroups().belowPods().size(),
                (long) sandboxer.metric("jvm_heap_used_bytes") / 1024);
    }

    private static long sum(List<ProcessHandle> processes, ToLongFunction<ProcessHandle> of) {
        return processes.stream().mapToLong(of).sum();
    }

    private static long threads(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/%d/task".formatted(process.pid())))) {
            return threads.count();
        } catch (IOException | UncheckedIOException _) {
            return 0; // It has ended.
        }
    }
}
