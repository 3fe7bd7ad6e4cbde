// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.nio.file.Path;

/** Where a configured value, or a problem with one, comes from. */
public sealed interface Origin {
    /** Nobody set the value. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A flag of the command line, named with its dashes. */
    record Flag(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A file as a whole, for instance one that cannot be read. */
    record WholeFile(Path file) implements Origin {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** A place in a file; line and column count from one. */
    record InFile(Path file, int line, int column) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }
}
