// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What a program that uses ttrpc sees of it. */
final class PublicApiTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern ALLOWED =
            Pattern.compile(
                    "^import (static )?(java|com\\.google\\.protobuf|org\\.jspecify|io\\.silica\\.ttrpc)\\.");

    @Test
    void nothingIsNeededButTheJdkProtobufAndJSpecify() throws IOException {
        try (var sources = Files.walk(SOURCES)) {
            var imports =
                    sources.filter(path -> path.toString().endsWith(".java"))
                            .flatMap(path -> lines(path).filter(line -> line.startsWith("import ")))
                            .toList();
            assertThat(imports)
                    .isNotEmpty()
                    .allMatch(line -> ALLOWED.matcher(line).find(), "is allowed");
        }
    }

    private static Stream<String> lines(Path source) {
        try {
            return Files.readAllLines(source).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everythingPublicHasAComment() throws IOException {
        var problems = new DiagnosticCollector<JavaFileObject>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(problems, Locale.ROOT, null);
                var sources = Files.walk(SOURCES)) {
            var java = sources.filter(path -> path.toString().endsWith(".java")).toList();
            var options =
                    List.of(
                            "-Xdoclint:missing/public",
                            "-Xmaxwarns",
                            "10000",
                            "-proc:none",
                            "-implicit:none",
                            "-d",
                            "target/doclint",
                            "-classpath",
                            System.getProperty("java.class.path"));
            Files.createDirectories(Path.of("target/doclint"));
            var units = files.getJavaFileObjectsFromPaths(java);
            assertThat(compiler.getTask(null, files, problems, options, null, units).call())
                    .as("%s", problems.getDiagnostics())
                    .isTrue();
        }
        assertThat(problems.getDiagnostics())
                .filteredOn(problem -> problem.getMessage(Locale.ROOT).contains("no comment"))
                .isEmpty();
    }
}
