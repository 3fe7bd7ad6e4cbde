// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.Output;
import picocli.CommandLine.Option;

/** How lists are printed. */
final class ListOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.table;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print ids only.")
    private boolean quiet;

    @Option(names = "--no-trunc", description = "Print ids whole.")
    private boolean whole;

    boolean isJson() {
        return output == Output.json;
    }

    boolean isQuiet() {
        return quiet;
    }

    String id(String id) {
        return whole ? id : KnownIds.shortened(id);
    }
}
