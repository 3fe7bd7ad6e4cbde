// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.ContainerStats;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl stats}. */
@Command(
        name = "stats",
        description = "Prints what containers have used.",
        mixinStandardHelpOptions = true)
public final class StatsCommand extends Verb {
    @Mixin private ListOptions options = new ListOptions();

    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "Ids, or how they begin. Default: all.")
    private List<String> ids = List.of();

    @Override
    int run(CriClient client) {
        var all = client.allContainerStats().stream().filter(this::isWanted).toList();
        if (options.isJson()) {
            Json.printList(console().out(), "stats", all);
        } else {
            print(all);
        }
        return ExitCode.OK;
    }

    private boolean isWanted(ContainerStats stats) {
        return ids.isEmpty() || ids.stream().anyMatch(stats.getAttributes().getId()::startsWith);
    }

    private void print(List<ContainerStats> all) {
        var table = new Table("CONTAINER", "NAME", "CPU TIME", "MEMORY", "WRITTEN");
        for (ContainerStats stats : all) {
            table.add(
                    options.id(stats.getAttributes().getId()),
                    stats.getAttributes().getMetadata().getName(),
                    Quantity.ofNanos(stats.getCpu().getUsageCoreNanoSeconds().getValue()),
                    Quantity.ofBytes(stats.getMemory().getWorkingSetBytes().getValue()),
                    Quantity.ofBytes(stats.getWritableLayer().getUsedBytes().getValue()));
        }
        table.print(console().out());
    }
}
