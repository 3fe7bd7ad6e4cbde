// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * The Go modules that src/test/go pins, as far as they can be had here.
 *
 * <p>Go's own caches make all but the first build a matter of a second.
 */
final class GoModules {

    private static final Path SOURCES = Path.of("src", "test", "go");
    private static final Path BUILT = Path.of("target", "descriptors").toAbsolutePath();

    private GoModules() {}

    /**
     * The descriptors that the modules carry.
     *
     * @throws TestAbortedException if there is no Go, or no way to get the modules
     */
    static FileDescriptorSet descriptors() throws IOException, InterruptedException {
        var download = run("go", "mod", "download");
        if (download.exitCode() != 0) {
            throw skipped("the Go modules cannot be had: " + Files.readString(download.errors()));
        }
        var build = run("go", "build", "-o", BUILT.toString(), ".");
        assertThat(build.exitCode()).as(Files.readString(build.errors())).isZero();
        var print = run(BUILT.toString());
        assertThat(print.exitCode()).as(Files.readString(print.errors())).isZero();
        return FileDescriptorSet.parseFrom(Files.readAllBytes(print.output()));
    }

    private record Finished(int exitCode, Path output, Path errors) {}

    private static Finished run(String... command) throws IOException, InterruptedException {
        var output = BUILT.resolveSibling("descriptors.out");
        var errors = BUILT.resolveSibling("descriptors.err");
        var builder =
                new ProcessBuilder(command)
                        .directory(SOURCES.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().put("GOWORK", "off");
        return new Finished(exitCode(start(builder)), output, errors);
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw skipped("there is no Go here: " + e.getMessage());
        }
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A skipped test is easily overlooked: say it where the build is watched, too. */
    private static TestAbortedException skipped(String reason) {
        var advice =
                "SKIPPED, our .proto files are not compared with the real ones: "
                        + reason.strip()
                        + "\nInstall Go 1.26 (https://go.dev/dl) and let it reach a module proxy (GOPROXY).";
        System.err.println(advice);
        return new TestAbortedException(advice);
    }
}
