// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;

/**
 * How big a machine is: as big as the pod's cgroup lets it be, which holds the guest's memory and
 * the programs beside it.
 *
 * @param processors how many the guest sees
 * @param memoryBytes its memory
 */
record GuestSize(int processors, long memoryBytes) {
    private static final long MIB = 1 << 20;

    /**
     * What a machine is given.
     *
     * @param defaultMemory of a pod without a limit, in bytes
     * @param minimumMemory below which no guest boots, in bytes
     * @param overhead what the programs of a machine need beside the guest's memory, in bytes
     * @param mostProcessors of the host
     */
    record Rules(long defaultMemory, long minimumMemory, long overhead, int mostProcessors) {}

    /**
     * That of a pod's machine.
     *
     * @throws SandboxException.Exhausted if its limit leaves too little
     */
    static GuestSize of(SandboxSpec spec, Rules rules) {
        var total = spec.resources().total();
        return new GuestSize(
                processors(spec.resources().containers(), rules),
                memory(spec, total.memoryLimitBytes(), rules));
    }

    private static long memory(SandboxSpec spec, long limit, Rules rules) {
        if (limit == 0) {
            return rules.defaultMemory();
        }
        long left = (limit - rules.overhead()) / MIB * MIB;
        if (left < rules.minimumMemory()) {
            throw new SandboxException.Exhausted(
                    "the memory limit of sandbox \"%s\" is %d MiB; a virtual machine needs %d MiB for its guest and %d MiB beside it: raise the limit, or give the RuntimeClass an overhead"
                            .formatted(
                                    spec.id(),
                                    limit / MIB,
                                    rules.minimumMemory() / MIB,
                                    rules.overhead() / MIB));
        }
        return left;
    }

    private static int processors(Resources containers, Rules rules) {
        if (containers.cpuQuotaMicros() <= 0) {
            return 1;
        }
        long whole =
                Math.ceilDiv(
                        containers.cpuQuotaMicros(), Math.max(1, containers.cpuPeriodMicros()));
        return Math.clamp(whole, 1, rules.mostProcessors());
    }
}
