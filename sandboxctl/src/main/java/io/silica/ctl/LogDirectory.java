// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The place of the container's log: where the pod's files want it, or a directory of our own. */
final class LogDirectory implements AutoCloseable {
    private final PodSpec spec;
    private final @Nullable Path temporary;

    private LogDirectory(PodSpec spec, @Nullable Path temporary) {
        this.spec = spec;
        this.temporary = temporary;
    }

    /**
     * Makes the directory that the log goes to.
     *
     * @param keep whether a directory of our own is left at the end
     */
    static LogDirectory of(PodSpec asked, boolean keep) throws IOException {
        if (asked.hasLog()) {
            Files.createDirectories(asked.log().toAbsolutePath().getParent());
            return new LogDirectory(asked, null);
        }
        Path own = Files.createTempDirectory("sandboxctl-");
        return new LogDirectory(asked.withLogIn(own), keep ? null : own);
    }

    /** The pod with a log. */
    PodSpec spec() {
        return spec;
    }

    /** Removes a directory of our own with the log; doing it twice is harmless. */
    @Override
    public void close() throws IOException {
        if (temporary != null) {
            Files.deleteIfExists(spec.log());
            Files.deleteIfExists(temporary);
        }
    }
}
