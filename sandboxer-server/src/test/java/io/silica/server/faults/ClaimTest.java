// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of sandboxes of which containerd has lost sight. */
@LeakCheck
class ClaimTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    /** Long enough for whoever speaks in time, on a busy machine too. */
    private static final Duration LONG = Duration.ofSeconds(4);

    @TempDir Path directory;

    @Test
    void aSandboxThatNobodyStartsIsRemoved() throws IOException {
        try (var ground = Ground.claimedWithin(directory, SHORT)) {
            ground.daemon().create("s1");
            until(() -> known(ground) == 0);
            ground.nothingIsLeft();
        }
    }

    @Test
    void aQuestionDoesNotStandForTheStart() throws IOException {
        try (var ground = Ground.claimedWithin(directory, SHORT)) {
            ground.daemon().create("s1");
            until(() -> isNotFound(ground, "s1"));
            ground.nothingIsLeft();
        }
    }

    @Test
    void aStartedSandboxOfWhichNobodySpeaksIsRemoved() throws IOException {
        try (var ground = Ground.claimedWithin(directory, SHORT)) {
            ground.run("s1");
            until(() -> known(ground) == 0);
            refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
            ground.nothingIsLeft();
        }
    }

    @Test
    void oneOfWhichSomebodyHasSpokenOnceStays() throws IOException {
        try (var ground = Ground.claimedWithin(directory, LONG)) {
            ground.run("asked");
            assertThat(ground.daemon().status("asked").getState()).isEqualTo("SANDBOX_READY");
            ground.run("used");
            ground.createTask("used", "c1");
            ground.run("forgotten");
            until(() -> known(ground) == 2);
            refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("forgotten"));
            for (String id : new String[] {"asked", "used"}) {
                assertThat(ground.daemon().status(id).getState()).isEqualTo("SANDBOX_READY");
                ground.daemon().shutdown(id);
            }
            ground.nothingIsLeft();
        }
    }

    @Test
    void theNextLifeKnowsOfWhichOneNobodyHasSpoken() throws IOException {
        try (var ground = Ground.claimedWithin(directory, LONG)) {
            ground.run("asked");
            assertThat(ground.daemon().status("asked").getState()).isEqualTo("SANDBOX_READY");
            ground.run("forgotten");
            until(() -> !isUnclaimed(ground, "asked"));
            ground.stopDaemon();
            ground.startDaemon();
            until(() -> known(ground) == 1);
            assertThat(ground.daemon().status("asked").getState()).isEqualTo("SANDBOX_READY");
            ground.daemon().shutdown("asked");
            ground.nothingIsLeft();
        }
    }

    private static int known(Ground ground) {
        return ground.daemon().registry().sandboxes().size();
    }

    private static boolean isUnclaimed(Ground ground, String id) {
        try {
            return Files.readString(ground.record(id)).contains("\"unclaimed\":true");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isNotFound(Ground ground, String id) {
        try {
            return ground.daemon().status(id).getSandboxId().isEmpty();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.NOT_FOUND;
        }
    }
}
