// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.begin;
import static io.silica.server.faults.Ground.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.ContainerId;
import io.silica.server.registry.Continuity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody sets the clock by a day, back or forward. */
@LeakCheck
class ClockTest {
    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory, Continuity.KEPT);
        ground.run("s1");
        ground.runTask("s1", "running");
    }

    @AfterEach
    void stopDaemon() {
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void betweenTwoLivesNothingThatIsKnownChanges(int days) {
        ground.createTask("s1", "created");
        ground.runTask("s1", "gone");
        ground.runTask("s1", "ended");
        ground.tasks().kill("ended", 15);
        WaitResponse end = ground.tasks().await("ended");
        var pod = ground.daemon().status("s1");
        ground.stopDaemon();
        ground.survivors.forget(new ContainerId("gone"));
        ground.setClockAhead(Duration.ofDays(days));
        ground.startDaemon();

        assertThat(ground.daemon().status("s1")).isEqualTo(pod);
        assertThat(ground.tasks().await("ended")).isEqualTo(end);
        assertThat(ground.tasks().state("ended").getExitedAt()).isEqualTo(end.getExitedAt());
        assertThat(ground.tasks().state("running").getStatus()).isEqualTo(Status.RUNNING);
        ground.tasks().start("created");
        ground.endTask("created");
        WaitResponse killed = ground.tasks().await("gone");
        assertThat(killed.getExitStatus()).isEqualTo(137);

        ground.stopDaemon();
        ground.setClockAhead(Duration.ZERO);
        ground.startDaemon();
        assertThat(ground.tasks().await("gone")).isEqualTo(killed);
        assertThat(ground.tasks().delete("ended").getExitedAt()).isEqualTo(end.getExitedAt());
        assertThat(ground.records().resolve("quarantine")).doesNotExist();
        ground.endTask("running");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void underADaemonAllGoesOn(int days) {
        var wait = begin(() -> assertThat(ground.await("s1").hasExitedAt()).isTrue());
        ground.setClockAhead(Duration.ofDays(days));

        ground.runTask("s1", "c1");
        ground.endTask("c1");
        assertThat(ground.tasks().state("running").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(wait).isNotDone();
        ground.daemon().stop("s1");
        succeeds(wait);
        assertThat(ground.tasks().await("running").getExitStatus()).isEqualTo(137);
        assertThat(ground.tasks().delete("running").getExitStatus()).isEqualTo(137);
        var pod = ground.daemon().status("s1");

        ground.stopDaemon();
        ground.startDaemon();
        assertThat(ground.daemon().status("s1")).isEqualTo(pod);
    }
}
