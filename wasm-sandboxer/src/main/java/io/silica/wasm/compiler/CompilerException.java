// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import java.io.Serial;

/** Why there is no compiled module. The messages are half sentences about the module. */
public abstract sealed class CompilerException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private CompilerException(String message) {
        super(message);
    }

    /** The engine refuses it. The words are those of the process that compiled it: a stranger's. */
    public static final class Refused extends CompilerException {
        @Serial private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** It takes more time than there is. */
    public static final class TooLong extends CompilerException {
        @Serial private static final long serialVersionUID = 1;

        TooLong(String message) {
            super(message);
        }
    }

    /** It takes more of something else than there is. */
    public static final class TooMuch extends CompilerException {
        @Serial private static final long serialVersionUID = 1;

        TooMuch(String message) {
            super(message);
        }
    }

    /** Its file can't be read, or has changed since it was asked for: that is its pod's affair. */
    public static final class Unread extends CompilerException {
        @Serial private static final long serialVersionUID = 1;

        Unread(String message) {
            super(message);
        }
    }

    /** Nothing is compiled at the moment. */
    public static final class Unavailable extends CompilerException {
        @Serial private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }
    }
}
