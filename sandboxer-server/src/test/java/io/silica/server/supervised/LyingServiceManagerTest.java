// SPDX-License-Identifier: Apache-2.0
package io.silica.server.supervised;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.MetricsSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon whose environment promises what is not there: nothing keeps it from serving. */
@LeakCheck
@Timeout(120)
class LyingServiceManagerTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LISTEN_FDS=3; LISTEN_FDNAMES=controller:unknown; exec 3</dev/null",
                "LISTEN_FDS=99999999999; LISTEN_FDNAMES=controller"
            })
    void descriptorsThatAreNotWhatIsSaidOfThemHinderNothing(String lie) throws Exception {
        serves(lie + "; export LISTEN_FDS LISTEN_FDNAMES LISTEN_PID=$$");
    }

    @Test
    void aNotifySocketThatIsNotThereHindersNothing() throws Exception {
        serves("export NOTIFY_SOCKET=" + directory.resolve("none"));
    }

    @Test
    void aNotifySocketThatIsAFileHindersNothing() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        serves("export NOTIFY_SOCKET=" + file);
        assertThat(file).isEmptyFile();
    }

    private void serves(String lie) throws Exception {
        Process daemon = start(lie);
        try (var said = daemon.inputReader();
                var controller = new ControllerConnection(directory.resolve("controller.sock"))) {
            awaitServing(said);
            assertThat(ask("/readyz")).contains(" 200 ");
            assertThat(ask("/protected")).contains(" 503 ", "no holder");
            controller.create("pod");
            controller.shutdown("pod");
            daemon.destroy();
            assertThat(daemon.waitFor()).isZero();
        } finally {
            daemon.destroyForcibly().waitFor();
        }
    }

    /** As a shell's child, which has the number that the shell told of. */
    private Process start(String lie) throws IOException {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", lie + "; exec \"$@\"", "sh"));
        command.addAll(DaemonProcess.command(directory));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void awaitServing(BufferedReader said) throws IOException {
        var before = new ArrayList<String>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith("serving as process")) {
                return;
            }
            before.add(line);
        }
        throw new AssertionError(String.join("\n", before));
    }

    private String ask(String path) {
        return MetricsSocket.ask(directory.resolve("state/metrics.sock"), path);
    }
}
