// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import picocli.CommandLine.Option;

/** The only form of what is inspected, for scripts that name it, as they do for crictl. */
final class JsonForm {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "Only ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("unused") // there is one form
    private Form form = Form.json;

    private enum Form {
        json
    }
}
