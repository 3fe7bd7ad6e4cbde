// SPDX-License-Identifier: Apache-2.0
package io.silica.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The compiled example modules, by name. What each does is said in the first line of its source.
 */
public final class ExampleModules {
    private static final List<String> NAMES =
            List.of(
                    "args",
                    "cat",
                    "count",
                    "eat",
                    "echo",
                    "exit-code",
                    "grow",
                    "hello",
                    "printenv",
                    "serve",
                    "sha256",
                    "sha256-unrolled",
                    "sleep",
                    "spin",
                    "stderr",
                    "tick",
                    "trap",
                    "write");

    private ExampleModules() {}

    /** The names of all modules, sorted. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The binary of a module.
     *
     * @throws IllegalArgumentException if there is no module of that name
     */
    public static byte[] bytes(String name) {
        try (var module = ExampleModules.class.getResourceAsStream(name + ".wasm")) {
            if (module == null) {
                throw new IllegalArgumentException(
                        "no example module \"%s\"; there are %s".formatted(name, NAMES));
            }
            return module.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
