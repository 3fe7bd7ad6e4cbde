// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real sentry counts of its containers. */
@LeakCheck
@OnGvisor
final class GvisorFiguresTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration MUCH = Duration.ofMillis(100);
    private static final long PAUSE_NANOS = 5_000_000;

    @TempDir Path directory;

    @Test
    void cpuTimeIsThatOfTheContainerWhichUsesIt() throws Exception {
        try (var pod = PodOfOne.start(directory)) {
            var sleeps = started(pod, "c1", "/bin/sleep", "1000");
            var loops = started(pod, "c2", "/bin/sh", "-c", "while :; do :; done");

            awaitCpu(loops, MUCH.toNanos());
            long idle = sleeps.statistics().cpuNanos();
            awaitCpu(loops, 2 * MUCH.toNanos());

            assertThat(sleeps.statistics().cpuNanos() - idle).isLessThan(MUCH.toNanos() / 2);
        }
    }

    private static void awaitCpu(KernelContainer container, long nanos) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (container.statistics().cpuNanos() < nanos) {
            assertThat(System.nanoTime() - end)
                    .as("%d ns of CPU time", container.statistics().cpuNanos())
                    .isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static KernelContainer started(PodOfOne pod, String id, String... args) {
        var container = pod.create(id, Stdio.NONE, args);
        container.init().start();
        return container;
    }
}
