// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that an earlier release has booted. */
@LeakCheck
final class EarlierPodTest {
    @TempDir Path directory;

    @Test
    void aPodWhoseGuestDialsBesideItsOtherFilesIsFoundAndServed() throws Exception {
        try (var pod = new PodInMemory(directory)) {
            pod.create(Stdio.NONE, "sleep").init().start();
            var init = pod.nextRelease().init();
            init.kill(Signal.KILL, true);
            assertThat(init.exit().await().code()).isEqualTo(137);
        }
    }
}
