// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxState;
import io.silica.server.record.RecordStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordWriterTest {
    private static final SandboxId ID = new SandboxId("s1");

    @TempDir Path directory;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile SandboxState state = new SandboxState.Created();
    private RecordStore<SandboxRecord> store;
    private RecordWriter writer;

    @BeforeEach
    void openStore() {
        store = RecordStore.open(directory, SandboxRecord.FORMAT);
        writer = new RecordWriter(store, ID, this::present);
    }

    @Test
    void whatSaysNothingNewIsNotWritten() throws IOException {
        writer.save();
        Files.delete(file());
        writer.save();
        assertThat(file()).doesNotExist();
        state = new SandboxState.Running(7, Instant.EPOCH);
        writer.save();
        assertThat(file()).content().contains("\"running\"");
    }

    @Test
    void changesThatComeDuringAWriteAreWrittenTogether() throws InterruptedException {
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var slow =
                new RecordWriter(
                        store,
                        ID,
                        () -> {
                            looking.countDown();
                            await(goOn);
                            return present();
                        });
        List<Thread> savers = new ArrayList<>();
        savers.add(Thread.ofPlatform().start(slow::save));
        looking.await();
        for (int i = 0; i < 10; i++) {
            savers.add(Thread.ofPlatform().start(slow::save));
        }
        for (Thread saver : savers.subList(1, savers.size())) {
            while (saver.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
        }
        goOn.countDown();
        for (Thread saver : savers) {
            saver.join();
        }
        assertThat(looks).hasValue(2);
    }

    @Test
    void whatWasDeletedIsNotWrittenAgain() {
        writer.save();
        writer.delete();
        state = new SandboxState.Running(7, Instant.EPOCH);
        writer.save();
        assertThat(file()).doesNotExist();
    }

    @Test
    void aWriteThatFailsIsTriedAgainByTheNextChange() throws IOException {
        Path obstacle = Files.createDirectories(file().resolve("in the way"));
        assertThatThrownBy(writer::save).isInstanceOf(SandboxException.Failed.class);
        writer.note();
        Files.delete(obstacle);
        Files.delete(file());
        writer.save();
        assertThat(file()).isRegularFile();
    }

    private Path file() {
        return directory.resolve("s1.json");
    }

    private SandboxRecord present() {
        looks.incrementAndGet();
        return SandboxRecordForm.record(
                SandboxRecordFormTest.specs().findFirst().orElseThrow(),
                Map.of(),
                Instant.EPOCH,
                state,
                true,
                List.of(),
                List.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
