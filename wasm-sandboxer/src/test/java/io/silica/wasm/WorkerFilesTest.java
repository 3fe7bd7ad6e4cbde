// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerFilesTest {
    private static final ProcessIdentity WORKER = new ProcessIdentity(4711, 1L << 40);

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
        assertThat(files.load(1)).isEmpty();
        files.save(new ProcessIdentity(1, 2), 1);
        files.save(WORKER, 1);
        assertThat(new WorkerFiles(state).load(1)).contains(WORKER);
    }

    @Test
    void aWorkerOfAnotherProtocolIsNotOurs() {
        files.save(WORKER, 2);
        assertThat(files.load(1)).isEmpty();
        assertThat(files.load(2)).contains(WORKER);
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
                "version=1\npid=\\u00zz\nstart-time=1\nprotocol=1\n",
                "version=1\npid=\u00ff\nstart-time=1\nprotocol=1\n"
            })
    void aCorruptRecordIsPutAsideAndTheNextOneCounts(String text) throws IOException {
        var bytes = text.getBytes(ISO_8859_1);
        Files.write(state.resolve("worker.record"), bytes);
        assertThat(files.load(1)).isEmpty();
        assertThat(state.resolve("worker.record")).doesNotExist();
        assertThat(state.resolve("worker.record.unreadable")).hasBinaryContent(bytes);
        files.save(WORKER, 1);
        assertThat(files.load(1)).contains(WORKER);
    }

    @Test
    void nobodyElseMayEnter() throws IOException {
        assertThat(Files.getPosixFilePermissions(state))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
