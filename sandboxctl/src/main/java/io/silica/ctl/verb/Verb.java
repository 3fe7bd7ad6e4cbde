// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.Console;
import io.silica.ctl.cli.CriOptions;
import io.silica.ctl.cri.CriClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A command that is carried out with a connection to CRI. */
abstract class Verb implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Console console;

    @Mixin private CriOptions cri = new CriOptions();

    @Override
    public final Integer call() throws IOException, InterruptedException {
        try (var client = cri.connect()) {
            return run(client);
        }
    }

    /** Does it; the exit code. */
    abstract int run(CriClient client) throws IOException, InterruptedException;

    Console console() {
        return console;
    }
}
