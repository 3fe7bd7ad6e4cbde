// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.leaks.LeakCheck;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class ConfinedProcessTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int ESRCH = 3;
    private static final int CONNECTION_REFUSED = 111;

    @TempDir Path directory;
    private final Poller poller = Poller.start("confined-test");
    private Confinement confinement;

    @BeforeEach
    void begin() {
        var classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.isEmpty())
                        .map(Path::of)
                        .filter(Files::exists)
                        .toList();
        confinement = Confinement.ofJava(Path.of(System.getProperty("java.home")), classPath);
    }

    @AfterEach
    void end() {
        poller.close();
    }

    @Test
    void nothingOfTheHostCanBeReachedFromInside() throws Exception {
        var results = probe(confinement);

        assertThat(results).hasSizeGreaterThan(25);
        assertThat(take(results, "read-file", "read-passwd", "read-root-of-process", "read-disk"))
                .containsOnly(ENOENT);
        assertThat(take(results, "kill")).containsExactly(ESRCH);
        // What is left is refused by the filter, or by mounts that can't be written.
        results.forEach((attempt, errno) -> assertThat(errno).as(attempt).isEqualTo(EPERM));
    }

    /** Were there a hole in the filter. */
    @Test
    void namespacesAndMissingCapabilitiesHoldWithoutTheFilter() throws Exception {
        assumeTrue(isRoot(), "another user has no capabilities to lose");
        var results = probe(confinement.withoutFilter());

        assertThat(take(results, "kill", "ptrace", "read-memory")).containsOnly(ESRCH);
        assertThat(take(results, "abstract-socket", "loopback")).containsOnly(CONNECTION_REFUSED);
        assertThat(take(results, "path-socket", "read-file")).containsOnly(ENOENT);
        assertThat(take(results, "mount", "unshare-mounts", "chroot")).containsOnly(EPERM);
        assertThat(take(results, "write-root", "write-java", "write-sysctl")).containsOnly(EPERM);
    }

    @Test
    void whatItHasToWriteToIsThereAndNothingElseIsWritable() throws Exception {
        var written = directory.resolve("written");
        try (var process =
                start(
                        confinement.withWritable(directory),
                        Map.of(),
                        "-Xlog:startuptime=info:file=" + written,
                        "--version")) {
            awaitEnd(process);
        }
        assertThat(written).exists();
    }

    @Test
    void itDiesWholeAndItsLauncherWithIt() throws Exception {
        ProcessHandle launcher;
        try (var waits = Pipe.open();
                var process =
                        start(
                                confinement,
                                Map.of(0, waits),
                                "-classpath",
                                System.getProperty("java.class.path"),
                                Waiting.class.getName())) {
            var handle = ProcessHandle.of(process.identity().pid()).orElseThrow();
            launcher = handle.parent().orElseThrow();
            assertThat(launcher.parent()).contains(ProcessHandle.current());
            process.pidfd().signal(Pidfd.SIGKILL);
            awaitEnd(process);
        }
        assertThat(launcher.isAlive()).isFalse();
    }

    private Map<String, Integer> probe(Confinement tried) throws Exception {
        var secret = Files.writeString(directory.resolve("secret"), "of the host");
        var socket = directory.resolve("socket");
        var abstractName = "silica-probe-" + ProcessHandle.current().pid();
        try (var output = Pipe.open();
                var _ = listen(UnixAddress.of(socket));
                var _ = listen(new UnixAddress.Abstract(abstractName));
                var port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var process =
                        start(
                                tried,
                                Map.of(1, output),
                                "--enable-native-access=ALL-UNNAMED",
                                "-classpath",
                                System.getProperty("java.class.path"),
                                HostProbe.class.getName(),
                                Long.toString(ProcessHandle.current().pid()),
                                secret.toString(),
                                abstractName,
                                socket.toString(),
                                Integer.toString(port.getLocalPort()))) {
            output.writer().close();
            var results = results(output);
            awaitEnd(process);
            return results;
        }
    }

    private static UnixListener listen(UnixAddress address) {
        return UnixListener.bind(address, SocketType.STREAM, 1);
    }

    private Map<String, Integer> results(Pipe output) throws IOException {
        var results = new TreeMap<String, Integer>();
        try (var in = poller.inputStream(output.reader())) {
            new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.split(" ", 2))
                    .forEach(words -> results.put(words[0], Integer.valueOf(words[1])));
        }
        return results;
    }

    private static List<Integer> take(Map<String, Integer> results, String... attempts) {
        return Arrays.stream(attempts).map(results::remove).toList();
    }

    private ConfinedProcess start(
            Confinement chosen, Map<Integer, Pipe> pipes, String... arguments) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var descriptors = new HashMap<Integer, Descriptor>();
        pipes.forEach((number, pipe) ->
                descriptors.put(number, number == 0 ? pipe.reader() : pipe.writer()));
        var all = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        all.addAll(List.of(arguments));
        return ConfinedProcess.start(
                chosen, new ConfinedProcess.Program(java, all, Map.of(), descriptors), poller);
    }

    private void awaitEnd(ConfinedProcess process) throws InterruptedException {
        assertThat(poller.await(process.pidfd().descriptor(), Epoll.READABLE, LONG)).isTrue();
    }

    /** Until its input ends. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] arguments) throws IOException {
            var _ = System.in.read();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
