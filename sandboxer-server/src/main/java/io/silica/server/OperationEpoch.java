// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.sandbox.SandboxException;
import io.silica.server.holder.InstanceFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * By which what has come by connections is told from what came by earlier ones of their names: as
 * old as the journal that tells of them. Where it cannot be written down nothing is lost but that
 * the next life knows its operations for those of this one.
 */
final class OperationEpoch {
    private static final Logger LOGGER = System.getLogger(OperationEpoch.class.getName());

    private final InstanceFile file;

    /**
     * @param path where it is written down
     */
    OperationEpoch(Path path) {
        this.file = new InstanceFile(path);
    }

    /** Before a journal is begun: this is none of its. */
    void forget() {
        try {
            file.delete();
        } catch (SandboxException.Failed e) {
            tell(e);
        }
    }

    /** That of a journal's connections. */
    String of(RequestJournal journal) {
        var last = journal.isContinued() ? read() : Optional.<String>empty();
        return last.orElseGet(() -> begin(journal.isKept()));
    }

    private Optional<String> read() {
        try {
            return file.read();
        } catch (SandboxException.Failed e) {
            tell(e);
            return Optional.empty();
        }
    }

    private String begin(boolean isKept) {
        var next = UUID.randomUUID().toString().replace("-", "");
        if (isKept) {
            write(next);
        }
        return next;
    }

    private void write(String next) {
        try {
            file.write(next);
        } catch (SandboxException.Failed e) {
            tell(e);
            forget();
        }
    }

    private static void tell(SandboxException.Failed failure) {
        LOGGER.log(
                Level.WARNING,
                "what a guest is asked for when this daemon dies may be done twice: {0}",
                failure.getMessage());
    }
}
