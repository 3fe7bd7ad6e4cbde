// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A command that is carried out with one after the other; a failure ends none but its own. */
abstract class VerbOfMany extends Verb {
    @Parameters(
            arity = "1..*",
            paramLabel = "ID",
            description = "Ids, or how they begin if that is enough to tell.")
    private List<String> ids = List.of();

    @Override
    final int run(CriClient client) {
        int exitCode = ExitCode.OK;
        var all = known(client);
        for (String id : ids) {
            try {
                String whole = all.only(id);
                act(client, whole);
                console().out().println(whole);
            } catch (CriException | RefusedException e) {
                console().err().println("sandboxctl: " + e.getMessage());
                exitCode = ExitCode.FAILED;
            }
        }
        return exitCode;
    }

    /** Those that there are. */
    abstract KnownIds known(CriClient client);

    /** Does it with one. */
    abstract void act(CriClient client, String id);
}
