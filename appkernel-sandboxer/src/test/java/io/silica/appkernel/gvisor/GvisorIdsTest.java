// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ProcessSpec.User;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that are nearly the same. */
@LeakCheck
@OnGvisor
final class GvisorIdsTest {
    @TempDir Path directory;

    @Test
    void containersWhoseIdsAreNearlyTheSameAreTwoAlsoInAnotherPod() throws Exception {
        var begin = "c".repeat(60);
        try (var pod = PodOfOne.start(Files.createDirectory(directory.resolve("a")));
                var another = PodOfOne.start(Files.createDirectory(directory.resolve("b")))) {
            var ends = started(pod, begin + "1");
            var lives = started(pod, begin + "2");
            var alike = started(another, begin + "1");
            ends.init().signal(Signal.KILL, true);
            assertThat(ends.init().exit().await().code()).isEqualTo(137);
            ends.init().delete();
            for (var other : new KernelContainer[] {lives, alike}) {
                assertThat(other.init().state()).isInstanceOf(ProcessState.Running.class);
            }
            assertThat(pod.output(lives, User.ROOT, "echo hello")).isEqualTo("hello\n");
            assertThat(another.output(alike, User.ROOT, "echo hello")).isEqualTo("hello\n");
        }
    }

    private static KernelContainer started(PodOfOne pod, String id) {
        var container = pod.create(id, Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        return container;
    }
}
