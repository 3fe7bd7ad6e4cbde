// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.ContainerStats;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code sandboxctl stats}. */
@Command(
        name = "stats",
        description = "Prints what containers have used.",
        mixinStandardHelpOptions = true)
public final class StatsCommand extends StatsVerb<ContainerStats> {
    @Override
    List<ContainerStats> all(CriClient client) {
        return client.allContainerStats();
    }

    @Override
    String id(ContainerStats stats) {
        return stats.getAttributes().getId();
    }

    @Override
    String[] heading() {
        return new String[] {"CONTAINER", "NAME", "CPU TIME", "MEMORY", "WRITTEN"};
    }

    @Override
    String[] row(ContainerStats stats, String shown) {
        return new String[] {
            shown,
            stats.getAttributes().getMetadata().getName(),
            Quantity.ofNanos(stats.getCpu().getUsageCoreNanoSeconds().getValue()),
            Quantity.ofBytes(stats.getMemory().getWorkingSetBytes().getValue()),
            Quantity.ofBytes(stats.getWritableLayer().getUsedBytes().getValue())
        };
    }
}
