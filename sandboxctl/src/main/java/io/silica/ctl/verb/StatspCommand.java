// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import io.silica.proto.cri.PodSandboxStats;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl statsp}. */
@Command(
        name = "statsp",
        description = "Prints what pods have used.",
        mixinStandardHelpOptions = true)
public final class StatspCommand extends Verb {
    @Mixin private ListOptions options = new ListOptions();

    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "Ids, or how they begin. Default: all.")
    private List<String> ids = List.of();

    @Override
    int run(CriClient client) {
        var all = client.allPodStats().stream().filter(this::isWanted).toList();
        if (options.isJson()) {
            Json.printList(console().out(), "stats", all);
        } else {
            print(all);
        }
        return ExitCode.OK;
    }

    private boolean isWanted(PodSandboxStats stats) {
        return ids.isEmpty() || ids.stream().anyMatch(stats.getAttributes().getId()::startsWith);
    }

    private void print(List<PodSandboxStats> all) {
        var table = new Table("POD", "NAME", "CPU TIME", "MEMORY");
        for (PodSandboxStats stats : all) {
            var linux = stats.getLinux();
            table.add(
                    options.id(stats.getAttributes().getId()),
                    stats.getAttributes().getMetadata().getName(),
                    Quantity.ofNanos(linux.getCpu().getUsageCoreNanoSeconds().getValue()),
                    Quantity.ofBytes(linux.getMemory().getWorkingSetBytes().getValue()));
        }
        table.print(console().out());
    }
}
