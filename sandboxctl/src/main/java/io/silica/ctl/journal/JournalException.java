// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.io.Serial;
import java.nio.file.Path;

/** A journal cannot be shown. The message is the sentence that the operator reads. */
public final class JournalException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final String problem;

    JournalException(Path file, String problem, Throwable cause) {
        super("%s: %s".formatted(file, problem), cause);
        this.problem = problem;
    }

    /** What is wrong, in words that follow the file's name. */
    public String problem() {
        return problem;
    }
}
