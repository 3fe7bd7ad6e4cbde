// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ShortName;
import java.util.Optional;

/**
 * A process whose streams are meant.
 *
 * @param exec empty for the container's first one
 */
record StreamOwner(ContainerId container, Optional<ExecId> exec) {
    private static final int DIGITS = 32;

    /** The file name of one of its FIFOs. */
    String fifo(String stream) {
        String id = container + "/" + exec.map(ExecId::value).orElse("") + "/" + stream;
        return ShortName.of(id, DIGITS);
    }

    /** What messages call one of its streams. */
    String name(String stream) {
        return stream
                + " of "
                + exec.map(it -> "process \"" + it + "\" of ").orElse("")
                + "container \""
                + container
                + "\"";
    }
}
