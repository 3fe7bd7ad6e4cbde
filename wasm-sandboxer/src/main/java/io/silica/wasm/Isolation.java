// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;

/** Which pods share a worker, as the configuration has it. */
enum Isolation {
    /** All of them. Nothing can then limit the CPU time of one: such limits are refused. */
    NODE,
    /** None: each has a worker of its own, in its own cgroup. */
    POD,
    /** Those without a CPU limit; what has one runs in a worker of its pod's own. */
    AUTO;

    /**
     * Whether a container belongs into a worker of its pod's own.
     *
     * @param who asks, for messages: {@code sandbox "x"}
     * @param pod what all containers of the pod may use together
     * @param container what this one may use
     * @throws SandboxException.Unsupported if a limit is asked for that nothing would keep
     */
    boolean isOwn(String who, Resources pod, Resources container) {
        boolean limited = isCpuLimited(pod) || isCpuLimited(container);
        return switch (this) {
            case NODE -> {
                if (limited) {
                    throw new SandboxException.Unsupported(
                            who
                                    + " asks for a CPU limit, and a worker that pods share can keep none:"
                                    + " set wasm.isolation = \"auto\", or ask for no CPU limit");
                }
                yield false;
            }
            case POD -> true;
            case AUTO -> limited;
        };
    }

    static boolean isCpuLimited(Resources resources) {
        return resources.cpuQuotaMicros() > 0;
    }
}
