// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The holder as a service of its own: what it accepts, its service manager keeps. */
@LeakCheck
@Timeout(120)
class HoldTest {
    private static final int PLENTY = 100;

    @TempDir private Path directory;

    private final Poller poller = Poller.start("hold-test");
    private FakeManager manager;

    @BeforeEach
    void start() throws InterruptedException {
        manager = new FakeManager(directory.resolve("notify.sock"), poller);
        startHolder(PLENTY);
    }

    @AfterEach
    void stop() {
        manager.close();
        poller.close();
    }

    @Test
    void itIsReadyWhenItsListenersAreParked() {
        assertThat(manager.names()).containsExactly("life", "listener", "channel");
    }

    @Test
    void aConnectionIsParkedBeforeItIsPassedOn() throws Exception {
        try (var daemon = channel()) {
            daemon.greeted();
            assertThat(daemon.all().ids()).isEmpty();
            try (var containerd = connect()) {
                assertThat(manager.serveOne()).startsWith("FDSTORE=1\nFDPOLL=0\nFDNAME=c");
                assertThat(daemon.hasMessage()).isFalse();
                assertThat(manager.serveOne()).isEqualTo("BARRIER=1");
                var message = daemon.next();
                assertThat(manager.names()).contains("c" + message.argument());
                try (var connection = message.connection()) {
                    assertThat(containerd.reaches(connection)).isTrue();
                }
            }
        }
    }

    @Test
    void nothingIsLostWithTheHolder() throws Exception {
        try (var containerd = connect()) {
            manager.serveUntil("BARRIER=1");
            var before = look(1);
            manager.end(Pidfd.SIGKILL);
            try (var meanwhile = connect()) {
                startHolder(PLENTY);
                manager.serveUntil("BARRIER=1");
                try (var daemon = channel()) {
                    assertThat(daemon.greeted()).isEqualTo(before.instance());
                    try (var connections = daemon.all(2)) {
                        assertThat(connections.ids()).hasSize(2).containsAll(before.ids());
                        assertThat(containerd.reaches(connections.first())).isTrue();
                        assertThat(meanwhile.reaches(connections.last())).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void whatWasParkedAndNotPassedOnIsPassedOnByTheNext() throws Exception {
        try (var containerd = connect()) {
            manager.serveOne();
            manager.end(Pidfd.SIGKILL);
            startHolder(PLENTY);
            try (var daemon = channel()) {
                daemon.greeted();
                try (var connections = daemon.all(1)) {
                    assertThat(connections.ids()).hasSize(1);
                    assertThat(containerd.reaches(connections.first())).isTrue();
                }
            }
        }
    }

    @Test
    void whatIsDroppedIsNotKeptEither() throws Exception {
        try (var containerd = connect()) {
            manager.serveUntil("BARRIER=1");
            try (var daemon = channel()) {
                daemon.greeted();
                daemon.tell("DROP " + idsOf(daemon.all(1)).getFirst());
                manager.serveUntil("FDSTOREREMOVE=1");
                assertThat(manager.names()).containsExactly("life", "listener", "channel");
                assertThat(containerd.hasEnded()).isTrue();
            }
        }
    }

    @Test
    void anIdIsNotGivenAwayTwiceInTheLivesOfAnInstance() throws Exception {
        long first;
        try (var _ = connect();
                var daemon = channel()) {
            manager.serveUntil("BARRIER=1");
            daemon.greeted();
            first = idsOf(daemon.all(1)).getFirst();
            daemon.tell("DROP " + first);
            manager.serveUntil("FDSTOREREMOVE=1");
        }
        manager.end(Pidfd.SIGKILL);
        startHolder(PLENTY);
        try (var _ = connect()) {
            manager.serveUntil("BARRIER=1");
            assertThat(look(1).ids().getFirst()).isGreaterThan(first);
        }
    }

    @Test
    void noMoreIsAcceptedThanTheServiceManagerKeeps() throws Exception {
        manager.end(Pidfd.SIGKILL);
        startHolder(4);
        try (var daemon = channel();
                var _ = connect();
                var second = connect()) {
            daemon.greeted();
            assertThat(daemon.all().ids()).isEmpty();
            manager.serveUntil("BARRIER=1");
            var message = daemon.next();
            message.connection().close();
            assertThat(manager.log())
                    .contains("keeps 4 descriptors for us: at most 1 connections are held")
                    .contains("as many connections are held as there may be; others wait");
            daemon.tell("DROP " + message.argument());
            manager.serveUntil("BARRIER=1");
            try (var connection = daemon.next().connection()) {
                assertThat(second.reaches(connection)).isTrue();
            }
        }
    }

    /** systemd would close what is too much without a word. */
    @Test
    void aDaemonThatWantsMoreGetsNoMoreThanTheServiceManagerKeepsAndIsToldSo() throws Exception {
        manager.end(Pidfd.SIGKILL);
        startHolder(4);
        try (var daemon = channel()) {
            daemon.greeted();
            assertThat(daemon.most()).isEqualTo(1);
            daemon.tell("LIMIT 100");
            try (var _ = connect();
                    var _ = connect()) {
                manager.serveUntil("BARRIER=1");
                daemon.all(1).close();
                assertThat(manager.log())
                        .contains("as many connections are held as there may be; others wait");
            }
        }
    }

    @Test
    void aServiceManagerThatDoesNotAnswerHoldsConnectionsUpForAWhileOnly() throws Exception {
        try (var daemon = channel();
                var containerd = connect()) {
            daemon.greeted();
            assertThat(daemon.all().ids()).isEmpty();
            try (var connection = daemon.next().connection()) {
                assertThat(containerd.reaches(connection)).isTrue();
            }
            assertThat(manager.log()).contains("the service manager does not answer");
        }
    }

    @Test
    void whatIsKeptAndMakesNoSenseIsClosedAndTold() throws Exception {
        try (var containerd = connect()) {
            manager.serveUntil("BARRIER=1");
            manager.end(Pidfd.SIGKILL);
            var pair = UnixSocket.pair(SocketType.STREAM);
            pair.getLast().close();
            var lies =
                    Map.of(
                            "stranger", nothing(),
                            "c17", nothing(),
                            "cx", pair.getFirst().descriptor(),
                            "c0", nothing());
            lies.forEach(manager::keep);
            manager.keep("listener", nothing());
            startHolder(PLENTY);
            for (var name : List.of("stranger", "c17", "cx", "c0", "listener")) {
                assertThat(manager.log())
                        .contains("which was kept as \"%s\" and is not known".formatted(name));
            }
            var seen = look(1);
            assertThat(seen.ids()).hasSize(1);
            assertThat(containerd.socket().descriptor().isOpen()).isTrue();
        }
    }

    @Test
    void aLifeThatIsNoneIsBegunAnew() throws Exception {
        var before = look(0);
        manager.end(Pidfd.SIGKILL);
        manager.forget("life");
        manager.keep("life", nothing());
        startHolder(PLENTY);
        assertThat(look(0).instance()).isNotEqualTo(before.instance());
    }

    @Test
    void aListenerWhoseFileIsGoneIsMadeAnew() throws Exception {
        manager.end(Pidfd.SIGKILL);
        Files.delete(tasks());
        startHolder(PLENTY);
        assertThat(manager.names()).containsOnlyOnce("listener");
        try (var _ = connect()) {
            manager.serveUntil("BARRIER=1");
            assertThat(look(1).ids()).hasSize(1);
        }
    }

    @Test
    void onSigtermItEndsAndLeavesTheSocketsToTheNext() throws Exception {
        manager.end(Pidfd.SIGTERM);
        assertThat(tasks()).exists();
        startHolder(PLENTY);
    }

    @Test
    void theCommandLineOfTheUnitIsUnderstood() throws Exception {
        var unit = Path.of("..", "packaging", "systemd", "silica-holder@.service");
        var line =
                Files.readAllLines(unit).stream()
                        .filter(it -> it.startsWith("ExecStart="))
                        .findFirst()
                        .orElseThrow();
        var words = new ArrayList<>(List.of(line.replace("/run/silica/%i", "@").split(" ", -1)));
        assertThat(words.removeFirst()).endsWith("/bin/silica-supervise");
        assertThat(words.removeFirst()).isEqualTo("hold");
        words.replaceAll(word -> word.replace("@", directory.resolve("state").toString()));
        manager.end(Pidfd.SIGTERM);
        manager.start(words, PLENTY);
        manager.serveUntil("READY=1");
        try (var _ = connect()) {
            manager.serveUntil("BARRIER=1");
            assertThat(look(1).ids()).hasSize(1);
        }
    }

    private record Seen(String instance, List<Long> ids) {}

    private Seen look(int count) throws InterruptedException {
        try (var daemon = channel()) {
            var instance = daemon.greeted();
            return new Seen(instance, idsOf(daemon.all(count)));
        }
    }

    private static List<Long> idsOf(Connections connections) {
        connections.close();
        return connections.ids();
    }

    private void startHolder(int most) throws InterruptedException {
        manager.start(
                List.of("--hold", tasks().toString(), "--channel", channelSocket().toString()),
                most);
        manager.serveUntil("READY=1");
    }

    private static Descriptor nothing() {
        return Descriptor.open(Path.of("/dev/null"), OpenFlag.READ);
    }

    private Path tasks() {
        return directory.resolve("state/task.sock");
    }

    private Path channelSocket() {
        return directory.resolve("state/holder.sock");
    }

    private Containerd connect() {
        return new Containerd(tasks(), poller);
    }

    private ChannelEnd channel() {
        return new ChannelEnd(channelSocket(), poller);
    }
}
