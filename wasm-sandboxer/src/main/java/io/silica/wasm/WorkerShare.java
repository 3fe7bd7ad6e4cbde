// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Niceness;
import io.silica.linux.ResourceLimit;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.OwnMemory;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.worker.WorkerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a worker may use of the machine. A JVM would find it out by itself if it could see its
 * cgroup.
 *
 * @param cgroup where it runs; ours if there is none
 * @param processors how many threads make sense in it
 * @param heap the most bytes of its heap, if something limits that
 * @param guests the most bytes of its guests together, if that does not follow from its heap
 */
record WorkerShare(
        Optional<Cgroup> cgroup, int processors, OptionalLong heap, OptionalLong guests) {
    /** The part of a machine's memory that a JVM uses for its heap. */
    private static final int HEAP_PART = 4;

    /** For what does not live long, where the heap has to hold what guests may have. */
    private static final int YOUNG = 16 << 20;

    private static final int LEAST_OF_GUESTS = 1;

    /** What the kernel counts its limit from. */
    private static final int NICENESSES = 20;

    /** That of a worker which pods share: what we have ourselves. */
    static WorkerShare ofNode() {
        try {
            var memory = OwnMemory.limit();
            return new WorkerShare(
                    Optional.empty(),
                    Runtime.getRuntime().availableProcessors(),
                    memory.isPresent()
                            ? OptionalLong.of(memory.getAsLong() / HEAP_PART)
                            : OptionalLong.empty(),
                    OptionalLong.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the worker's JVM is told of it. Guests' memories are old as soon as they are there. */
    List<String> flags() {
        var flags = new ArrayList<String>();
        flags.add("-XX:ActiveProcessorCount=" + processors);
        heap.ifPresent(bytes -> flags.add("-XX:MaxHeapSize=" + bytes));
        guests.ifPresent(bytes -> flags.add("-D" + WorkerMain.GUEST_MEMORY + "=" + bytes));
        if (cgroup.isPresent() && heap.isPresent()) {
            flags.add("-XX:MaxNewSize=" + YOUNG);
        }
        return flags;
    }

    /**
     * Puts a process where it belongs, and lets it make a guest's thread less nice again.
     *
     * @throws SandboxException.Failed if the kernel refuses
     */
    void take(int pid) {
        allowNiceness(pid);
        try {
            cgroup.ifPresent(it -> it.add(pid));
        } catch (CgroupException e) {
            throw new SandboxException.Failed(
                    "cannot put a wasm worker into the cgroup of its pod: " + e.getMessage(), e);
        }
    }

    /** As nice as ours at the least, and nicer than what serves. */
    private static void allowNiceness(int pid) {
        int least = Math.max(Niceness.ofThisThread(), LEAST_OF_GUESTS);
        try {
            ResourceLimit.NICENESS.set(pid, NICENESSES - least);
        } catch (LinuxException e) {
            // Without the right to that it can only make them nicer. One that has ended is seen to
            // have by whoever started it.
            if (e.errno() != Errno.EPERM && e.errno() != Errno.ESRCH) {
                throw new SandboxException.Failed(
                        "cannot let a wasm worker make threads less nice: " + e.getMessage(), e);
            }
        }
    }
}
