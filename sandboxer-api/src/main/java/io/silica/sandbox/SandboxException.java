// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong, as the caller has to tell it apart. Each case becomes one gRPC or ttrpc
 * status, in one place at the edge; a message names the action, the id and the state.
 */
public abstract sealed class SandboxException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private SandboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** There is no such sandbox, container or process. */
    public static final class NotFound extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public NotFound(String message) {
            super(message, null);
        }
    }

    /** The id is taken. */
    public static final class AlreadyExists extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public AlreadyExists(String message) {
            super(message, null);
        }
    }

    /** What was asked can never be done: a value is malformed or contradicts another. */
    public static final class InvalidArgument extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public InvalidArgument(String message) {
            super(message, null);
        }

        public InvalidArgument(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What was asked can't be done in the state that the object is in. */
    public static final class WrongState extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public WrongState(String message) {
            super(message, null);
        }
    }

    /** This kind of sandbox does not do that, in any state. */
    public static final class Unsupported extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public Unsupported(String message) {
            super(message, null);
        }
    }

    /** It can't be done now, for a reason that passes: the caller may try again. */
    public static final class Unavailable extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public Unavailable(String message) {
            super(message, null);
        }

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A limit of the daemon or of the machine is reached. */
    public static final class Exhausted extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public Exhausted(String message) {
            super(message, null);
        }

        public Exhausted(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** It did not end in the time that it had. */
    public static final class TimedOut extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public TimedOut(String message) {
            super(message, null);
        }

        public TimedOut(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The caller no longer wants it. */
    public static final class Cancelled extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public Cancelled(String message) {
            super(message, null);
        }
    }

    /** The kind or the host failed in a way that none of the other cases names. */
    public static final class Failed extends SandboxException {
        @Serial private static final long serialVersionUID = 1;

        public Failed(String message) {
            super(message, null);
        }

        public Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
