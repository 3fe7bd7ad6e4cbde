// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import com.google.protobuf.Message;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.Table;
import io.silica.ctl.cri.CriClient;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * A command that prints what containers or pods have used.
 *
 * @param <S> the figures of one
 */
abstract class StatsVerb<S extends Message> extends Verb {
    @Mixin private ListOptions options = new ListOptions();

    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "Ids, or how they begin. Default: all.")
    private List<String> ids = List.of();

    @Override
    final int run(CriClient client) {
        var wanted = all(client).stream().filter(this::isWanted).toList();
        if (options.isJson()) {
            Json.printList(console().out(), "stats", wanted);
        } else {
            var table = new Table(heading());
            wanted.forEach(stats -> table.add(row(stats, options.id(id(stats)))));
            table.print(console().out());
        }
        return ExitCode.OK;
    }

    private boolean isWanted(S stats) {
        return ids.isEmpty() || ids.stream().anyMatch(id(stats)::startsWith);
    }

    abstract List<S> all(CriClient client);

    abstract String id(S stats);

    abstract String[] heading();

    /**
     * The cells of one.
     *
     * @param shown its id, as it is to be shown
     */
    abstract String[] row(S stats, String shown);
}
