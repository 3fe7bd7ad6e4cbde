// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that is carried out with one after the other; a failure ends none but its own. */
abstract class VerbOfMany extends Verb {
    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "Ids, or how they begin if that is enough to tell.")
    private List<String> ids = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    final int run(CriClient client) {
        int exitCode = ExitCode.OK;
        var all = known(client);
        for (String id : wanted(all)) {
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

    private List<String> wanted(KnownIds known) {
        if (isOfAll()) {
            return known.ids();
        }
        if (ids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'ID'");
        }
        return ids;
    }

    /** Whether it is done with all that there are. */
    boolean isOfAll() {
        return false;
    }

    /** Those that there are. */
    abstract KnownIds known(CriClient client);

    /** Does it with one. */
    abstract void act(CriClient client, String id);
}
