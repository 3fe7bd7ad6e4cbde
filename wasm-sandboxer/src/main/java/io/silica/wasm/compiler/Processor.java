// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the processors of this machine can do: an engine compiles for all of it (proc_cpuinfo). */
final class Processor {
    private static final Pattern LINE = Pattern.compile("(flags|Features)\\s*:.*");

    private Processor() {}

    /** The same text wherever a module can be carried out that was compiled here. */
    static String features() {
        return Found.FEATURES;
    }

    /** It does not change as long as we live; looked at when it is first asked for. */
    private static final class Found {
        private static final String FEATURES = read();
    }

    private static String read() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return System.getProperty("os.arch")
                    + lines.filter(line -> LINE.matcher(line).matches())
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
