// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandboxStats;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code sandboxctl statsp}. */
@Command(
        name = "statsp",
        description = "Prints what pods have used.",
        mixinStandardHelpOptions = true)
public final class StatspCommand extends StatsVerb<PodSandboxStats> {
    @Override
    List<PodSandboxStats> all(CriClient client) {
        return client.allPodStats();
    }

    @Override
    String id(PodSandboxStats stats) {
        return stats.getAttributes().getId();
    }

    @Override
    String[] heading() {
        return new String[] {"POD", "NAME", "CPU TIME", "MEMORY"};
    }

    @Override
    String[] row(PodSandboxStats stats, String shown) {
        var linux = stats.getLinux();
        return new String[] {
            shown,
            stats.getAttributes().getMetadata().getName(),
            Quantity.ofNanos(linux.getCpu().getUsageCoreNanoSeconds().getValue()),
            Quantity.ofBytes(linux.getMemory().getWorkingSetBytes().getValue())
        };
    }
}
