// SPDX-License-Identifier: Apache-2.0
package io.silica.server.supervised;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.MetricsSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        Path log = directory.resolve("log");
        Process daemon = start(lie, log);
        try (var controller = new ControllerConnection(directory.resolve("controller.sock"))) {
            awaitServing(daemon, log);
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
    private Process start(String lie, Path log) throws IOException {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", lie + "; exec \"$@\"", "sh"));
        command.addAll(DaemonProcess.command(directory));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** A file can be looked at for as long as there is time; who reads a pipe cannot be stopped. */
    private static void awaitServing(Process daemon, Path log) throws Exception {
        while (!Files.readString(log).contains("serving as process")) {
            assertThat(daemon.isAlive()).as(() -> content(log)).isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static String content(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String ask(String path) {
        return MetricsSocket.ask(directory.resolve("state/metrics.sock"), path);
    }
}
