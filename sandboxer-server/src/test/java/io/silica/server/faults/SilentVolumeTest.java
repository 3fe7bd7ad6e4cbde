// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.failureOf;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.TaskConnection;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume whose server never answers is its pod's trouble alone: a real one, of the kernel's. */
@LeakCheck
class SilentVolumeTest {
    /** Generous: what is meant is that nobody waits for the other pod. */
    private static final Duration AT_ONCE = Duration.ofMillis(250);

    @TempDir Path directory;
    private Ground ground;
    private SilentVolume volume;

    @BeforeEach
    void mountVolume() throws IOException {
        assumeTrue(SilentVolume.isPossible(), "needs root and /dev/fuse");
        ground = new Ground(directory);
        volume = SilentVolume.mount(Files.createDirectory(directory.resolve("volume")));
    }

    @AfterEach
    void stopDaemon() {
        if (ground != null) {
            volume.close();
            ground.close();
        }
    }

    @Test
    void twoNativeCallsThatNeverReturnInOnePodDelayNoOther() {
        ground.run("bad");
        ground.run("good");
        ground.runTask("good", "g1");
        List<CompletableFuture<Void>> stuck =
                Stream.of("b1", "b2").map(id -> begin(() -> create("bad", id))).toList();
        until(() -> callers() == 2);

        assertThat(ground.p99OfState("g1")).isLessThan(AT_ONCE);
        ground.runTask("good", "g2");
        ground.endTask("g2");
        ground.endTask("g1");
        ground.daemon().shutdown("good");
        assertThat(stuck).noneMatch(CompletableFuture::isDone);

        volume.close();
        stuck.forEach(SilentVolumeTest::wasRefused);
        ground.daemon().shutdown("bad");
        ground.nothingIsLeft();
    }

    private void create(String sandbox, String container) {
        try (TaskConnection own = ground.daemon().tasks()) {
            var bundle =
                    Bundle.create(
                            directory.resolve("bundles"),
                            volume.directory(container),
                            sandbox,
                            container,
                            List.of("sleep"));
            var _ = own.create(bundle.request().build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void wasRefused(CompletableFuture<Void> call) {
        assertThat(failureOf(call))
                .isInstanceOfSatisfying(
                        TtrpcException.class,
                        e -> assertThat(e.code()).isNotEqualTo(StatusCode.OK));
    }

    private static long callers() {
        try {
            return SilentVolume.callers();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
