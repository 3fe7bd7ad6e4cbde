// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.GvisorPrograms;
import io.silica.appkernel.OnGvisor;
import io.silica.linux.Poller;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the trial finds out of the platforms of a real runsc that are not the usual one. */
@OnGvisor
final class GvisorPlatformsTest {
    @TempDir Path directory;

    @Test
    void ptraceWorksAndThatIsKept() throws IOException {
        require(GvisorPlatform.PTRACE, Duration.ofMinutes(2));
        try (var kept = Files.newDirectoryStream(directory, "*-ptrace")) {
            assertThat(kept).hasSize(1);
        }
    }

    /** On a machine that only says that it has KVM the sentry never comes back. */
    @Test
    void kvmIsRefusedInTimeIfItDoesNotWorkAndNothingOfItsTrialIsLeft() throws IOException {
        try {
            require(GvisorPlatform.KVM, Duration.ofSeconds(1));
        } catch (SandboxException.Unavailable e) {
            assertThat(e).hasMessageContaining("does not work here on platform kvm: ");
        }
        assertThat(PodPlaces.all(directory)).isEmpty();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            assertThat(processes).noneMatch(this::isOfTrial);
        }
    }

    private boolean isOfTrial(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).contains(directory.toString());
        } catch (IOException _) {
            return false; // It has ended.
        }
    }

    private void require(GvisorPlatform platform, Duration patience) {
        var config =
                new GvisorConfig(
                        GvisorPrograms.RUNSC,
                        platform,
                        GvisorNetwork.SANDBOX,
                        HostNetwork.SERVE,
                        GvisorPrograms.POD_ROOT,
                        GvisorPrograms.TERMINAL,
                        directory.resolve("pods"),
                        directory,
                        GvisorConfig.USUAL_PATIENCE);
        var poller = Poller.start("silica-test-probe");
        // The first to be closed is the one that calls.
        try (var orphans = new Orphans(poller);
                poller) {
            try {
                new Probe(config, new Runsc(config, poller, orphans), poller, patience).require();
            } finally {
                orphans.awaitGuests();
            }
        }
    }
}
