// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of the distribution runs whatever has become of the AOT cache. */
@Tag("host")
class AotCacheTest {
    private @TempDir Path directory;
    private Path dist;
    private Path cache;

    @BeforeEach
    void copyTheDistribution() throws IOException {
        dist = directory.resolve("elsewhere");
        Command.run("cp", "-a", Repository.programs().resolve("..").toString(), dist.toString());
        cache = only("sandboxctl-*.jsa");
    }

    @Test
    void whereTheDistributionWasMovedTheCacheIsUsed() {
        // With sharing required, a JVM that cannot use its archive does not start.
        assertThat(version("-Xshare:on")).contains("sandboxctl ");
    }

    @Test
    void withoutACacheProgramsRun() throws IOException {
        Files.delete(cache);
        assertRuns();
    }

    @Test
    void anEmptyCacheIsLeftAlone() throws IOException {
        Files.write(cache, new byte[0]);
        assertRuns();
    }

    @Test
    void aTruncatedCacheIsLeftAlone() throws IOException {
        try (var file = new RandomAccessFile(cache.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertRuns();
    }

    @Test
    void aDamagedCacheIsLeftAlone() throws IOException {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        try (var file = new RandomAccessFile(cache.toFile(), "rw")) {
            file.seek(file.length() / 3);
            file.write(noise);
        }
        assertRuns();
    }

    @Test
    void aCacheOfAnotherTimesJarsIsLeftAlone() throws IOException {
        Files.setLastModifiedTime(
                only("sandboxctl-*.jar"), FileTime.fromMillis(1_000_000_000_000L));
        assertRuns();
    }

    @Test
    void aCacheOfOtherJarsIsNotEvenLookedAt() throws IOException {
        Files.writeString(dist.resolve("lib/digest"), "0000000000000000\n");
        Files.write(cache, new byte[0]);
        assertRuns();
    }

    private void assertRuns() {
        assertThat(version("-Xshare:auto")).contains("sandboxctl ");
    }

    private String version(String option) {
        return Command.run(
                "env",
                "JDK_JAVA_OPTIONS=" + option,
                dist.resolve("bin/sandboxctl").toString(),
                "--version");
    }

    private Path only(String glob) throws IOException {
        try (var files = Files.newDirectoryStream(dist.resolve("lib"), glob)) {
            return files.iterator().next();
        }
    }
}
