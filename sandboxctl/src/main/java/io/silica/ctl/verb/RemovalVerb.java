// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import picocli.CommandLine.Option;

/** A command that removes what has ended. CRI would end what runs without a word. */
abstract class RemovalVerb extends VerbOfMany {
    @Option(
            names = {"-f", "--force"},
            description = "Stop those that run.")
    private boolean force;

    @Option(
            names = {"-a", "--all"},
            description = "All that there are.")
    private boolean all;

    @Override
    final boolean isOfAll() {
        return all;
    }

    @Override
    final void act(CriClient client, String id) {
        if (runs(client, id)) {
            if (!force) {
                throw new RefusedException(
                        "%s %s runs; stop it with %s, or remove it with --force"
                                .formatted(kind(), id, stopVerb()));
            }
            stop(client, id);
        }
        remove(client, id);
    }

    /** What messages call one. */
    abstract String kind();

    abstract boolean runs(CriClient client, String id);

    /** The command that stops one. */
    abstract String stopVerb();

    abstract void stop(CriClient client, String id);

    abstract void remove(CriClient client, String id);
}
