// SPDX-License-Identifier: Apache-2.0
package io.silica.manual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManualPagesTest {
    private static final Path PROGRAMS = Path.of("../packaging/bin");
    private static final Pattern SHIM = Pattern.compile("containerd-shim-.*");

    @TempDir private Path directory;

    @BeforeEach
    void write() throws IOException {
        ManualPages.write(directory, "2026-11-22");
    }

    @Test
    void everyProgramThatPeopleStartHasAPage() throws IOException {
        try (var programs = Files.list(PROGRAMS)) {
            assertThat(programs.map(it -> it.getFileName().toString()))
                    .filteredOn(name -> !SHIM.matcher(name).matches())
                    .allSatisfy(name ->
                            assertThat(pages()).anyMatch(page -> page.matches(name + "\\.[18]")));
        }
    }

    @Test
    void everyCommandAndEveryOptionOfItIsInThem() {
        assertThat(ManualPages.all())
                .hasSizeGreaterThan(30)
                .allSatisfy(page -> {
                    var text = text(page);
                    for (var option : page.command().options()) {
                        assertThat(text).contains(option.names()[0].replace("-", "\\-"));
                    }
                    for (var name : page.command().subcommands().keySet()) {
                        assertThat(text).contains(Roff.bold(page.name() + "-" + name) + "(");
                    }
                });
    }

    @Test
    void aPageSaysWhatItsCommandIsAndHowItEnds() throws IOException {
        assertThat(Files.readString(directory.resolve("man1/sandboxctl-config-check.1")))
                .startsWith(".TH \"sandboxctl\\-config\\-check\" 1 \"2026-11-22\" \"Silica ")
                .contains("\nsandboxctl\\-config\\-check \\- Says all that is wrong")
                .contains("\nsandboxctl config check \\-\\-kind KIND [\\-\\-config FILE]")
                .contains("\n\\fB\\-\\-kind\\fR \\fIKIND\\fR\n")
                .contains(".SH EXIT STATUS\n.TP\n\\fB0\\fR\nnothing is wrong\n")
                .endsWith("\\fBsandboxctl\\-config\\fR(1)\n");
    }

    @Test
    void noVariableIsLeftInThem() {
        assertThat(ManualPages.all())
                .allSatisfy(page -> assertThat(text(page)).doesNotContain("${DEFAULT", "%n"));
    }

    @Test
    void groffHasNothingToSayAboutThem() throws Exception {
        assumeTrue(isOnThePath("groff"), "there is no groff to look at the pages");
        var command = Stream.of("groff", "-man", "-ww", "-z", "-Tutf8");
        try (var all = Files.walk(directory)) {
            var files = all.filter(Files::isRegularFile).map(Path::toString).sorted();
            var groff =
                    new ProcessBuilder(Stream.concat(command, files).toList())
                            .redirectErrorStream(true)
                            .start();
            try (var says = groff.getInputStream()) {
                assertThat(new String(says.readAllBytes(), UTF_8)).isEmpty();
                assertThat(groff.waitFor()).isZero();
            }
        }
    }

    private static boolean isOnThePath(String program) {
        var path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private List<String> pages() throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).map(it -> it.getFileName().toString()).toList();
        }
    }

    private static String text(ManPage page) {
        return page.text("2026-11-22", "0.1.0");
    }
}
