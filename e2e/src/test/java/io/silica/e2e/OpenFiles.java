// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the descriptors of a process lead to, as the kernel names it. */
final class OpenFiles {
    private OpenFiles() {}

    /** None of a process that has ended. */
    static List<String> of(ProcessHandle process) {
        try (Stream<Path> descriptors =
                Files.list(Path.of("/proc/%d/fd".formatted(process.pid())))) {
            return descriptors.flatMap(OpenFiles::target).toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private static Stream<String> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException _) {
            return Stream.of(); // It has been closed.
        }
    }
}
