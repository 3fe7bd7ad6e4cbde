// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.benchmarks.MemoryUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a runtime takes besides its containers.
 *
 * @param processes how many it has
 * @param proportional what they take together, KiB of PSS
 */
record RuntimeMemory(int processes, long proportional) {
    /** Of a process and all its descendants. */
    static RuntimeMemory ofTree(long pid) throws IOException {
        var root = ProcessHandle.of(pid).orElseThrow();
        try (var descendants = root.descendants()) {
            return of(Stream.concat(Stream.of(root), descendants).map(ProcessHandle::pid).toList());
        }
    }

    /** Of the shims of a containerd, which have its socket's path among their arguments. */
    static RuntimeMemory ofShims(Path containerd) throws IOException {
        try (var all = ProcessHandle.allProcesses()) {
            return of(
                    all.map(ProcessHandle::pid)
                            .filter(pid -> isShim(commandLine(pid), containerd.toString()))
                            .toList());
        }
    }

    private static boolean isShim(String commandLine, String containerd) {
        return commandLine.contains("containerd-shim-") && commandLine.contains(containerd);
    }

    private static RuntimeMemory of(List<Long> processes) throws IOException {
        long sum = 0;
        for (long pid : processes) {
            sum += MemoryUse.of(pid).proportional();
        }
        return new RuntimeMemory(processes.size(), sum);
    }

    /** Its words, with spaces between; empty for one that has ended. */
    private static String commandLine(long pid) {
        try {
            var words = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException _) {
            return "";
        }
    }
}
