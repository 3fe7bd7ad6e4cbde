// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.appkernel.OnGvisor;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of a pod on gVisor, which are those of its cgroup. */
@LeakCheck(cgroups = GvisorLimitsTest.TOP)
@OnGvisor
final class GvisorLimitsTest {
    static final String TOP = "/silica-gvisor-test";

    @TempDir Path directory;
    private Cgroup top;
    private PodOfOne pod;

    @BeforeEach
    void startPodInACgroup() throws IOException {
        var hierarchies = Hierarchies.detect();
        assumeTrue(hierarchies.missing().isEmpty(), "a controller is missing");
        top = Cgroup.at(hierarchies, CgroupPath.parse(TOP));
        Cgroup.at(hierarchies, top.path().child("pod")).create();
        pod = PodOfOne.startIn(TOP, directory);
    }

    @AfterEach
    void closePod() throws InterruptedException {
        pod.close();
        top.delete(Duration.ofSeconds(10));
    }

    /** A sentry has processes for that which are called nothing, and name no pod. */
    @Test
    void whatRunsTheGuestsCodeIsInThePodsCgroup() {
        pod.create("c", Stdio.NONE, "/bin/sleep", "1000").init().start();
        var sentry = ProcessHandle.of(pod.pod().pid()).orElseThrow();
        assertThat(sentry.descendants())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(cgroups(it.pid())).contains(":" + TOP + "/pod\n"));
    }

    private static String cgroups(long pid) {
        try {
            return Files.readString(Path.of("/proc/%d/cgroup".formatted(pid)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
