// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.OwnFiles;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a record that may be damaged can do. */
final class SentryRecordTest {
    private static final String PATH_OF_NO_SENSE =
            "{\"pid\":1,\"start-time\":1,\"socket\":\"\\u0000\"}";

    @TempDir Path directory;

    @Test
    void itsSocketIsRemoved() {
        var socket = directory.resolve("runsc-+pod.sock");
        UnixListener.bind(UnixAddress.of(socket), SocketType.STREAM, 1).close();
        record(socket).removeSocket();
        assertThat(socket).doesNotExist();
        record(socket).removeSocket();
    }

    @Test
    void whatIsNoSocketOfRunscStaysWhateverTheRecordSays() throws IOException {
        var precious = Files.createDirectories(directory.resolve("precious/runsc-+pod.sock"));
        var file = Files.writeString(precious.resolve("file"), "precious");
        var plain = Files.writeString(directory.resolve("runsc-+pod.sock"), "precious");
        var other = directory.resolve("runsc-other.sock");
        UnixListener.bind(UnixAddress.of(other), SocketType.STREAM, 1).close();
        for (var path : new Path[] {precious, file, plain, other}) {
            record(path).removeSocket();
            assertThat(path).exists();
        }
    }

    @Test
    void oneThatMakesNoSenseIsNone() {
        var places = new PodPlaces(directory);
        for (var text : List.of("", "[]", "{\"pid\":1}", "\0", PATH_OF_NO_SENSE)) {
            OwnFiles.write(places.kernel(), text.getBytes(StandardCharsets.UTF_8));
            assertThat(SentryRecord.load(places)).isEmpty();
        }
    }

    private static SentryRecord record(Path socket) {
        return new SentryRecord(new ProcessIdentity(1, 1), socket);
    }
}
