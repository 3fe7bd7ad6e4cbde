// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.SandboxId;
import io.silica.server.record.LoadedRecord;
import io.silica.server.record.RecordStore;
import io.silica.server.registry.SandboxRecord.DeletedRecord;
import io.silica.server.registry.SandboxRecord.DnsRecord;
import io.silica.server.registry.SandboxRecord.ExecRecord;
import io.silica.server.registry.SandboxRecord.PodRecord;
import io.silica.server.registry.SandboxRecord.ProcessRecord;
import io.silica.server.registry.SandboxRecord.ResourcesRecord;
import io.silica.server.registry.SandboxRecord.StdioRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SandboxRecordMembersTest {
    private static final SandboxId ID = new SandboxId("a");
    private static final ResourcesRecord UNLIMITED = new ResourcesRecord(0, 0, 0, 0);
    private static final ProcessRecord ENDED =
            new ProcessRecord(
                    "stopped",
                    8,
                    new StdioRecord("/f/0", "/f/1", "/f/2", true),
                    143,
                    "2026-11-29T06:00:02Z");

    /** One that lacks nothing. */
    private static final SandboxRecord WHOLE =
            new SandboxRecord(
                    "a",
                    new PodRecord("web", "default", "u1", 2),
                    "web",
                    "/run/netns/n1",
                    new DnsRecord(List.of("10.0.0.10"), List.of("svc"), List.of("ndots:5")),
                    "/kubepods/p",
                    new ResourcesRecord(1048576, 512, 50000, 100000),
                    UNLIMITED,
                    Map.of("k", "é\n\"x\""),
                    Map.of("l", "m"),
                    "wasm",
                    Map.of("worker", "12"),
                    "2026-11-29T06:00:00.123Z",
                    "stopped",
                    true,
                    7,
                    "2026-11-29T06:00:01Z",
                    137,
                    "2026-11-29T06:00:03Z",
                    List.of(
                            new TaskRecord(
                                    "c1", "/b/c1", ENDED, List.of(new ExecRecord("e1", ENDED))),
                            new TaskRecord("c2", "/b/c2", null, null)),
                    List.of(
                            new DeletedRecord("c0", "e0", 9, 3, "2026-11-29T06:00:02Z"),
                            new DeletedRecord("c0", null, 9, 0, "2026-11-29T06:00:02Z")),
                    null);

    /** One that lacks all that it can. */
    private static final SandboxRecord BARE =
            new SandboxRecord(
                    "a",
                    new PodRecord("", "", "", 0),
                    "",
                    null,
                    new DnsRecord(List.of(), List.of(), List.of()),
                    null,
                    UNLIMITED,
                    UNLIMITED,
                    Map.of(),
                    Map.of(),
                    "wasm",
                    Map.of(),
                    "2026-11-29T06:00:00Z",
                    "creating",
                    null,
                    0,
                    null,
                    null,
                    null,
                    List.of(),
                    null,
                    null);

    @TempDir private Path directory;

    @Test
    void aFileOfTheFirstReleaseIsReadWithAllThatItSays() throws IOException {
        Files.write(file(), ofTheFirstRelease());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));

        assertThat(load()).isEqualTo(WHOLE);
    }

    @Test
    void aFileIsWrittenAsTheFirstReleaseReadsIt() throws IOException {
        store().save(ID, WHOLE);

        assertThat(Files.readString(file())).isEqualTo(new String(ofTheFirstRelease(), UTF_8));
    }

    @Test
    void whatIsNotThereIsNotWrittenAndStaysSo() throws IOException {
        store().save(ID, BARE);

        assertThat(Files.readString(file())).doesNotContain("null", "netns", "unclaimed");
        assertThat(load()).isEqualTo(BARE);
    }

    private byte[] ofTheFirstRelease() throws IOException {
        try (var resource = getClass().getResourceAsStream("sandbox-1.json")) {
            return resource.readAllBytes();
        }
    }

    private SandboxRecord load() {
        assertThat(store().load()).singleElement().isInstanceOf(LoadedRecord.Usable.class);
        return ((LoadedRecord.Usable<SandboxRecord>) store().load().getFirst()).content();
    }

    private RecordStore<SandboxRecord> store() {
        return RecordStore.open(directory.resolve("records"), SandboxRecord.FORMAT);
    }

    private Path file() throws IOException {
        return Files.createDirectories(directory.resolve("records")).resolve("a.json");
    }
}
