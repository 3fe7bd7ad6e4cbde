// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static io.silica.server.faults.Ground.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Mounts;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.Status;
import io.silica.server.config.ByteSize;
import io.silica.server.contract.TaskConnection;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of a daemon, its pods and its containers when the journal of its last life is not
 * what that left, or when there can be none.
 */
@LeakCheck
@Timeout(120)
class JournalFaultsTest {
    /** Where they stand in the header: {@code JournalHeader}. */
    private static final int VERSION_AT = 8;

    private static final int CHECKSUM_AT = 12;
    private static final int HALF_BYTES_AT = 16;

    @TempDir Path directory;
    private HeldGround ground;
    private TaskConnection known;

    @BeforeEach
    void startDaemon() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        ground = new HeldGround(directory, new ByteSize(256 << 10));
        known = ground.tasks();
        ground.run("s1");
        ground.runTask(known, "s1", "c1");
    }

    @AfterEach
    void stopDaemon() {
        known.close();
        ground.close();
    }

    @Test
    void withTheJournalThatTheLastLifeLeftNothingIsLost() {
        String epoch = ground.epoch();
        ground.die();
        ground.live();

        assertThat(ground.epoch()).isEqualTo(epoch);
        assertThat(known.state("c1").getStatus()).isEqualTo(Status.RUNNING);
        assertThat(ground.metric("silica_journal_lost_total")).isZero();
        ground.daemon().shutdown("s1");
    }

    @ParameterizedTest
    @EnumSource
    void whereTheJournalCannotBeUsedContainersAreEndedAndTheDaemonServesWithANewOne(Damage damage)
            throws IOException {
        String epoch = ground.epoch();
        ground.die();
        damage.inflict(journal());
        ground.live();

        assertThat(ground.epoch()).isNotEqualTo(epoch);
        theContainersOfTheLastLifeAreGone();
        isProtectedAndServes();
        // The connection, and the journal where there was one.
        assertThat(ground.metric("silica_journal_lost_total"))
                .isEqualTo(damage.isMissing() ? 1 : 2);
        assertThat(Files.exists(ground.journals().resolve("damaged-0")))
                .isEqualTo(!damage.isMissing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=32k", "ro"})
    void whereThereCanBeNoJournalTheDaemonServesAndSaysThatNothingProtectsIt(String disk)
            throws IOException {
        ground.die();
        Mounts.mount("tmpfs", "tmpfs", ground.journals(), List.of("mode=700", disk));
        ground.live();

        theContainersOfTheLastLifeAreGone();
        assertThat(ground.daemon().ask("/protected"))
                .contains(" 503 ", "the journal cannot be written");
        assertThat(ground.daemon().ask("/metrics"))
                .contains("silica_protected 0.0")
                .contains("silica_protection{state=\"no-journal\"} 1.0");
        assertThat(ground.metric("silica_journal_lost_total")).isPositive();
        runsAContainer("c2");

        ground.die();
        Mounts.detach(ground.journals());
        ground.live();
        isProtectedAndServes();
    }

    @Test
    void whereTheEpochCannotBeWrittenThatOfTheLastJournalIsGoneAndTheDaemonServes()
            throws IOException {
        ground.die();
        Files.delete(journal());
        // Beside it, where it is written first.
        Files.createDirectories(
                ground.epochFile().resolveSibling("operation-epoch.new").resolve("in the way"));
        ground.live();

        assertThat(ground.epochFile()).doesNotExist();
        theContainersOfTheLastLifeAreGone();
        isProtectedAndServes();
    }

    /** containerd is told so by the end of their connections; their pods stay. */
    private void theContainersOfTheLastLifeAreGone() {
        assertThatThrownBy(() -> known.state("c1")).isInstanceOf(TtrpcException.class);
        try (var next = ground.tasks()) {
            refused(StatusCode.NOT_FOUND, () -> next.state("c1"));
        }
        until(() -> ground.survivors.containers().isEmpty() && ground.rootfs().isEmpty());
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
    }

    private void isProtectedAndServes() {
        assertThat(ground.daemon().ask("/protected")).contains(" 200 ");
        assertThat(ground.metric("silica_protected")).isOne();
        runsAContainer("c3");
        ground.daemon().shutdown("s1");
    }

    private void runsAContainer(String id) {
        try (var tasks = ground.tasks()) {
            ground.runTask(tasks, "s1", id);
            tasks.kill(id, Ground.KILL);
            assertThat(tasks.await(id).getExitStatus()).isEqualTo(137);
            tasks.delete(id);
        }
    }

    private Path journal() {
        return ground.journals().resolve("journal");
    }

    enum Damage {
        MISSING {
            @Override
            void inflict(Path journal) throws IOException {
                Files.delete(journal);
            }
        },
        CUT_SHORT {
            @Override
            void inflict(Path journal) throws IOException {
                byte[] whole = Files.readAllBytes(journal);
                Files.write(journal, Arrays.copyOf(whole, whole.length / 2));
            }
        },
        A_BIT_FLIPPED {
            @Override
            void inflict(Path journal) throws IOException {
                byte[] whole = Files.readAllBytes(journal);
                whole[0] ^= 1;
                Files.write(journal, whole);
            }
        },
        OF_A_NEWER_VERSION {
            @Override
            void inflict(Path journal) throws IOException {
                byte[] whole = Files.readAllBytes(journal);
                var header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
                header.putInt(VERSION_AT, header.getInt(VERSION_AT) + 1);
                var checksum = new CRC32C();
                checksum.update(whole, VERSION_AT, Integer.BYTES);
                checksum.update(whole, HALF_BYTES_AT, Integer.BYTES);
                header.putInt(CHECKSUM_AT, (int) checksum.getValue());
                Files.write(journal, whole);
            }
        },
        ANOTHERS {
            @Override
            void inflict(Path journal) throws IOException {
                Files.setAttribute(journal, "unix:uid", 12_345);
            }
        },
        OPEN_TO_OTHERS {
            @Override
            void inflict(Path journal) throws IOException {
                Files.setPosixFilePermissions(
                        journal, PosixFilePermissions.fromString("rw-rw-rw-"));
            }
        };

        abstract void inflict(Path journal) throws IOException;

        boolean isMissing() {
            return this == MISSING;
        }
    }
}
