// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Resources;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What a real sentry counts of its containers. */
@LeakCheck
@OnGvisor
final class GvisorFiguresTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration MUCH = Duration.ofMillis(100);
    private static final long PAUSE_NANOS = 5_000_000;

    @TempDir Path directory;

    /** A sentry counts those apart that have a cgroup mounted inside, as all of CRI's have. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cpuTimeIsThatOfTheContainerWhichUsesIt(boolean cgroupInside) throws Exception {
        Consumer<ObjectNode> change = cgroupInside ? GvisorFiguresTest::mountCgroup : _ -> {};
        try (var pod = PodOfOne.start(directory)) {
            var sleeps = started(pod, "c1", change, "/bin/sleep", "1000");
            var loops = started(pod, "c2", change, "/bin/sh", "-c", "while :; do :; done");

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

    private static void mountCgroup(ObjectNode spec) {
        var mount = spec.withArray("mounts").addObject().put("destination", "/sys/fs/cgroup");
        mount.put("type", "cgroup").put("source", "cgroup").putArray("options").add("ro");
    }

    private static KernelContainer started(
            PodOfOne pod, String id, Consumer<ObjectNode> change, String... args) {
        var container = pod.create(id, Resources.UNLIMITED, Stdio.NONE, change, args);
        container.init().start();
        return container;
    }
}
