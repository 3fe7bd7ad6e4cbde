// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.AttachResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class BootTimesTest {
    @TempDir Path directory;

    @Test
    void thePartsOfAPodsStartAreKeptBeyondTheLifeOfTheDaemon() throws Exception {
        try (var pod = new PodInMemory(directory)) {
            var before = pod.sandbox().identity().get("boot");
            assertThat(before)
                    .matches(
                            "files=\\d+,network=\\d+,helpers=\\d+,qemu=\\d+,firmware and attach=\\d+,kernel to agent=\\d+,agent to dial=\\d+,prepare=\\d+"
                                    .replace("qemu", "fake"));
            pod.nextLife();
            assertThat(pod.sandbox().identity()).containsEntry("boot", before);
        }
    }

    @Test
    void aGuestCannotSayThatItTookLongerThanItDidOrLessThanNothing() {
        var times = new BootTimes();
        var told =
                AttachResponse.newBuilder()
                        .setUntilAgent(Duration.newBuilder().setSeconds(Long.MAX_VALUE))
                        .setUntilDial(
                                Duration.newBuilder()
                                        .setSeconds(Long.MIN_VALUE)
                                        .setNanos(Integer.MIN_VALUE))
                        .build();
        assertThat(times.timeGuest(() -> told)).isEqualTo(told);
        assertThat(times.text())
                .matches("firmware and attach=\\d{1,5},kernel to agent=0,agent to dial=0");
    }
}
