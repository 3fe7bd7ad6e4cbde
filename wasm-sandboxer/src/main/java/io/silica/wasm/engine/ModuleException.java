// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.io.Serial;
import java.util.List;

/** Why a module can't be run. The messages are whole sentences without the module's name. */
public abstract sealed class ModuleException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private ModuleException(String message) {
        super(message);
    }

    private ModuleException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The bytes are something else. */
    public static final class NotWasm extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public NotWasm(String message) {
            super(message);
        }
    }

    /** The bytes are a component, which is not a module. */
    public static final class IsComponent extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public IsComponent() {
            super(
                    "it is a WebAssembly component, where a core module is needed: build it for"
                            + " wasm32-wasip1");
        }
    }

    /** The bytes end too early. */
    public static final class Truncated extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public Truncated(String message) {
            super(message);
        }
    }

    /** It is more than the limit allows. */
    public static final class TooLarge extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public TooLarge(long size, long limit) {
            this(size, "bytes", limit);
        }

        /**
         * @param what has a size, in the plural
         */
        public TooLarge(long size, String what, long limit) {
            super("it has %d %s and the limit is %d".formatted(size, what, limit));
        }
    }

    /** It is malformed, breaks a rule of validation or can't be compiled. */
    public static final class Invalid extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public Invalid(String message) {
            super(message);
        }

        public Invalid(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** It was compiled for something else than what shall run it. */
    public static final class Foreign extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public Foreign(String message) {
            super(message);
        }
    }

    /** It wants from its host what no host function offers. */
    public static final class MissingImports extends ModuleException {
        @Serial private static final long serialVersionUID = 1;
        private static final int NAMED = 10;

        private final transient List<String> names;

        /**
         * @param names each {@code module.name}
         */
        public MissingImports(List<String> names) {
            super("it imports what is not there: " + shown(names));
            this.names = List.copyOf(names);
        }

        /** What is missing, each {@code module.name}. */
        public List<String> names() {
            return names;
        }

        private static String shown(List<String> names) {
            var first = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
            return names.size() <= NAMED
                    ? first
                    : first + " and " + (names.size() - NAMED) + " more";
        }
    }

    /** It is not a command: there is nothing to start. */
    public static final class NoEntryPoint extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public NoEntryPoint() {
            super(
                    "it exports no function _start without parameters and results: it is a library,"
                            + " not a command");
        }
    }

    /** The memory that it begins with is more than it may have. */
    public static final class MemoryMinimum extends ModuleException {
        @Serial private static final long serialVersionUID = 1;

        public MemoryMinimum(long minimum, long limit) {
            super(
                    "it needs "
                            + minimum
                            + " bytes of memory to begin with and its limit is "
                            + limit);
        }
    }
}
