// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the next life of the daemon makes of what the last one left. */
@LeakCheck
class RestartTest {
    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
    }

    @AfterEach
    void stopDaemon() {
        ground.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatCannotBeTrustedIsSetAsideAndHindersNoOther(Damage damage) throws IOException {
        ground.run("bad");
        ground.run("good");
        ground.stopDaemon();
        Path record = ground.record("bad");
        byte[] whole = Files.readAllBytes(record);
        damage.inflict(record);

        ground.startDaemon();
        assertThat(ground.daemon().status("good").getState()).isEqualTo("SANDBOX_READY");
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("bad"));
        assertThat(Ground.names(ground.records().resolve("quarantine")))
                .containsExactly("bad.json");
        assertThat(ground.survivors.has(new SandboxId("bad"))).isTrue();
        assertThat(ground.pods().resolve("bad/hosts")).exists();

        putBack(record, whole);
        assertThat(ground.daemon().status("bad").getState()).isEqualTo("SANDBOX_READY");
        ground.daemon().shutdown("bad");
        ground.daemon().shutdown("good");
        assertThat(ground.mounts()).isEmpty();
    }

    @Test
    void aSandboxThatDiedMeanwhileIsNotReadyAndItsWaitIsAnsweredAtOnce() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();
        ground.survivors.lose(new SandboxId("s1"));
        assertThat(ground.rootfs()).hasSize(1);

        ground.startDaemon();
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        until(() -> ground.rootfs().isEmpty());
        assertThat(ground.await("s1").getExitStatus()).isEqualTo(255);
        assertThat(ground.await("s1").getExitedAt())
                .isEqualTo(ground.daemon().status("s1").getExitedAt());
        ground.daemon().stop("s1");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aSandboxThatLivesOnIsReadyAndWhatItsFormerContainersHadIsReleased() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.stopDaemon();

        ground.startDaemon();
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        until(() -> ground.rootfs().isEmpty());
        ground.runTask("s1", "c1");
        ground.endTask("c1");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void whatAPodMayUseIsChangedOnTopOfTheLastChangeAlsoByTheNextLife() throws IOException {
        ground.run("s1");
        ground.update("s1", "{\"Resources\":{\"cpu_shares\":512}}");
        ground.update("s1", "{\"Resources\":{\"memory_limit_in_bytes\":1048576}}");
        ground.stopDaemon();
        ground.startDaemon();
        ground.update("s1", "{\"Overhead\":{\"cpu_shares\":2}}");
        assertThat(ground.record("s1"))
                .content()
                .contains("\"containers\":{\"memoryLimitBytes\":1048576,\"cpuShares\":512,")
                .contains("\"overhead\":{\"memoryLimitBytes\":0,\"cpuShares\":2,");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aSandboxThatWasNotStartedYetIsKeptAndCanBeStarted() {
        ground.daemon().create("s1");
        ground.stopDaemon();

        ground.startDaemon();
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        ground.daemon().start("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aLowerLimitLosesNoSandboxThatIsThere() throws IOException {
        ground.run("s1");
        ground.run("s2");
        ground.stopDaemon();
        ground = ground.limitedTo(1, 1);
        refused(Status.Code.RESOURCE_EXHAUSTED, () -> ground.daemon().create("s3"));
        for (String id : new String[] {"s1", "s2"}) {
            assertThat(ground.daemon().status(id).getState()).isEqualTo("SANDBOX_READY");
            ground.daemon().shutdown(id);
        }
        ground.nothingIsLeft();
    }

    @Test
    void aSecondDaemonOnTheSameStateIsRefusedInWords() {
        ground.run("s1");
        assertThatThrownBy(ground::started)
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("is in use by")
                .hasMessageContaining("stop that daemon");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    @Test
    void aDaemonEndsAtOnceThoughASandboxWaitsForItsStart() {
        ground.daemon().create("s1");
        long began = System.nanoTime();
        ground.stopDaemon();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        ground.startDaemon();
        ground.daemon().shutdown("s1");
        ground.nothingIsLeft();
    }

    /** As an operator does who knows that the record was right. */
    private void putBack(Path record, byte[] whole) throws IOException {
        ground.stopDaemon();
        Path quarantine = ground.records().resolve("quarantine");
        try (Stream<Path> kept = Files.list(quarantine)) {
            for (Path it : kept.toList()) {
                Files.delete(it);
            }
        }
        Files.delete(quarantine);
        Files.write(record, whole);
        ground.startDaemon();
    }

    enum Damage {
        CUT_SHORT {
            @Override
            void inflict(Path record) throws IOException {
                byte[] whole = Files.readAllBytes(record);
                Files.write(record, Arrays.copyOf(whole, whole.length / 2));
            }
        },
        A_BIT_FLIPPED {
            @Override
            void inflict(Path record) throws IOException {
                byte[] whole = Files.readAllBytes(record);
                whole[whole.length / 2] ^= 1;
                Files.write(record, whole);
            }
        },
        OF_A_FUTURE_SCHEMA {
            @Override
            void inflict(Path record) throws IOException {
                String whole = Files.readString(record);
                Files.writeString(record, whole.replace("\"version\":1,", "\"version\":99,"));
            }
        },
        ANOTHERS {
            @Override
            void inflict(Path record) throws IOException {
                Files.setAttribute(record, "unix:uid", 12_345);
            }
        },
        A_LINK {
            @Override
            void inflict(Path record) throws IOException {
                Path elsewhere = record.resolveSibling("elsewhere");
                Files.move(record, elsewhere);
                Files.createSymbolicLink(record, elsewhere);
            }
        },
        ABOUT_ANOTHER_SANDBOX {
            @Override
            void inflict(Path record) throws IOException {
                Files.copy(
                        record.resolveSibling("good.json"),
                        record,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        };

        abstract void inflict(Path record) throws IOException;
    }
}
