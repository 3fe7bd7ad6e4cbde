// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.ProcessIdentity;
import io.silica.wasm.worker.ProtocolVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerFilesTest {
    private static final WorkerRecord WORKER =
            new WorkerRecord(
                    new ProcessIdentity(4711, 1L << 40),
                    new ProtocolVersions(2, 3),
                    Optional.empty());

    @TempDir Path directory;
    private Path state;
    private WorkerFiles files;

    @BeforeEach
    void begin() {
        state = directory.resolve("state");
        files = new WorkerFiles(state);
    }

    @Test
    void theWorkerThatWasWrittenDownLastIsFound() {
        assertThat(files.load()).isEmpty();
        files.save(
                new WorkerRecord(
                        new ProcessIdentity(1, 2), ProtocolVersions.OURS, Optional.empty()));
        files.save(WORKER);
        assertThat(new WorkerFiles(state).load()).contains(WORKER);
    }

    @Test
    void whichBuildOfItsEngineAWorkerHasIsFoundAgain() {
        var built =
                new WorkerRecord(
                        WORKER.identity(), WORKER.versions(), Optional.of("wasmtime 0a1b"));
        files.save(built);
        assertThat(new WorkerFiles(state).load()).contains(built);
    }

    /** As daemons wrote it that knew one version only. */
    @Test
    void aRecordWithoutANewestProtocolIsOfAWorkerThatSpeaksOneVersion() throws IOException {
        Files.writeString(
                state.resolve("worker.record"), "version=1\npid=7\nstart-time=8\nprotocol=1\n");
        assertThat(files.load())
                .contains(
                        new WorkerRecord(
                                new ProcessIdentity(7, 8),
                                new ProtocolVersions(1, 1),
                                Optional.empty()));
    }

    /** It asks for nothing but its own version. */
    @Test
    void aDaemonOfBeforeFindsItsVersionInTheRecord() throws IOException {
        files.save(WORKER);
        assertThat(state.resolve("worker.record")).content().contains("\nprotocol=2\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0\0\0\0",
                "no record",
                "version=2\npid=1\nstart-time=1\nprotocol=1\n",
                "version=1\npid=1\nstart-time=1\n",
                "version=1\npid=one\nstart-time=1\nprotocol=1\n",
                "version=1\npid=1\nprotocol=1\n",
                "version=1\npid=1\nstart-time=1\nprotocol=0\n",
                "version=1\npid=1\nstart-time=1\nprotocol=2\nnewest-protocol=1\n",
                "version=1\npid=1\nstart-time=1\nprotocol=1\nnewest-protocol=two\n",
                "version=1\npid=\\u00zz\nstart-time=1\nprotocol=1\n",
                "version=1\npid=\u00ff\nstart-time=1\nprotocol=1\n"
            })
    void aCorruptRecordIsPutAsideAndTheNextOneCounts(String text) throws IOException {
        var bytes = text.getBytes(ISO_8859_1);
        Files.write(state.resolve("worker.record"), bytes);
        assertThat(files.load()).isEmpty();
        assertThat(state.resolve("worker.record")).doesNotExist();
        assertThat(state.resolve("worker.record.unreadable")).hasBinaryContent(bytes);
        files.save(WORKER);
        assertThat(files.load()).contains(WORKER);
    }

    @Test
    void nobodyElseMayEnter() throws IOException {
        assertThat(Files.getPosixFilePermissions(state))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
