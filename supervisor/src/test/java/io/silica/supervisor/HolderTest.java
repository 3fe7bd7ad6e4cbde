// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor as the holder of its command's connections; the daemon at the channel is us. */
@LeakCheck
@Timeout(120)
class HolderTest {
    private static final int MANY = 2000;

    @TempDir private Path directory;

    private final Poller poller = Poller.start("holder-test");
    private Supervised holder;

    @BeforeEach
    void start() throws InterruptedException {
        holder = hold();
    }

    @AfterEach
    void stop() {
        holder.close();
        poller.close();
    }

    @Test
    void aConnectionThatCameBeforeTheDaemonReachesIt() throws Exception {
        try (var containerd = connect()) {
            Containerd.send(containerd.socket(), "early");
            try (var daemon = channel()) {
                daemon.greeted();
                try (var connections = daemon.all(1)) {
                    assertThat(connections.ids()).hasSize(1);
                    assertThat(Containerd.receive(connections.first(), poller)).isEqualTo("early");
                    assertThat(containerd.reaches(connections.first())).isTrue();
                }
            }
        }
    }

    @Test
    void aConnectionThatComesLaterFollowsUnderAHigherId() throws Exception {
        try (var daemon = channel()) {
            daemon.greeted();
            assertThat(daemon.all().ids()).isEmpty();
            long last = 0;
            for (int i = 0; i < 3; i++) {
                try (var containerd = connect()) {
                    var message = daemon.next();
                    assertThat(message.text()).startsWith("CONNECTION ");
                    assertThat(message.id()).isGreaterThan(last);
                    last = message.id();
                    try (var connection = message.connection()) {
                        assertThat(containerd.reaches(connection)).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void theNextDaemonGetsWhatTheLastOneHad() throws Exception {
        try (var containerd = connect()) {
            var first = lookAtOnly(containerd);
            var second = lookAtOnly(containerd);
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void whatIsDroppedIsClosedAndForgotten() throws Exception {
        try (var dropped = connect();
                var kept = connect();
                var daemon = channel()) {
            daemon.greeted();
            List<Long> ids;
            try (var connections = daemon.all(2)) {
                ids = connections.ids();
            }
            daemon.tell("DROP " + ids.getFirst());
            assertThat(dropped.hasEnded()).isTrue();
            try (var next = channel()) {
                next.greeted();
                try (var left = next.all()) {
                    assertThat(left.ids()).containsExactly(ids.getLast());
                    assertThat(kept.reaches(left.first())).isTrue();
                }
            }
        }
    }

    @Test
    void theNextDaemonGetsThemInTheOrderOfTheirIdsWhicheverHaveEnded() throws Exception {
        var containerds = List.of(connect(), connect(), connect());
        try (var daemon = channel()) {
            daemon.greeted();
            try (var connections = daemon.all(3)) {
                daemon.tell("DROP " + connections.ids().getFirst());
            }
            assertThat(containerds.getFirst().hasEnded()).isTrue();
            // Its place is taken by one that came later.
            try (var _ = connect()) {
                daemon.next().connection().close();
                try (var next = channel()) {
                    next.greeted();
                    try (var left = next.all()) {
                        assertThat(left.ids()).hasSize(3).isSorted();
                    }
                }
            }
        } finally {
            containerds.forEach(Containerd::close);
        }
    }

    @Test
    void theSecondDaemonTakesTheFirstOnesPlace() throws Exception {
        try (var first = channel()) {
            first.greeted();
            first.all();
            try (var second = channel()) {
                second.greeted();
                assertThat(first.next().text()).as("the end").isEmpty();
                try (var _ = connect()) {
                    second.all(1).close();
                }
            }
        }
    }

    @Test
    void whatIsMoreThanTheLimitWaitsUntilThereIsRoom() throws Exception {
        try (var daemon = channel()) {
            daemon.greeted();
            daemon.all();
            daemon.tell("LIMIT 2");
            var containerds = List.of(connect(), connect(), connect());
            var first = daemon.next();
            first.connection().close();
            daemon.next().connection().close();
            holder.awaitLine("as many connections are held as there may be; others wait");
            // The third has sent already; its connection is made, only not accepted.
            Containerd.send(containerds.getLast().socket(), "patient");
            daemon.tell("DROP " + first.argument());
            try (var third = daemon.next().connection()) {
                assertThat(Containerd.receive(third, poller)).isEqualTo("patient");
            }
            containerds.forEach(Containerd::close);
        }
    }

    @Test
    void aDaemonThatReadsSlowlyMissesNothing() throws Exception {
        var containerds = new ArrayList<Containerd>();
        try (var daemon = channel()) {
            for (int i = 0; i < MANY; i++) {
                containerds.add(connect());
            }
            daemon.greeted();
            assertThat(countOf(daemon.all(MANY))).isEqualTo(MANY);
            try (var next = channel()) {
                next.greeted();
                assertThat(countOf(next.all())).isEqualTo(MANY);
            }
        } finally {
            containerds.forEach(Containerd::close);
        }
    }

    private static int countOf(Connections connections) {
        connections.close();
        return connections.ids().size();
    }

    @Test
    void connectionsThatComeAndGoLeaveNothingOpen() throws Exception {
        try (var daemon = channel()) {
            daemon.greeted();
            daemon.all().close();
            long before = openDescriptors();
            for (int i = 0; i < MANY; i++) {
                try (var containerd = connect()) {
                    var message = daemon.next();
                    message.connection().close();
                    daemon.tell("DROP " + message.id());
                    assertThat(containerd.hasEnded()).isTrue();
                }
            }
            assertThat(openDescriptors()).isEqualTo(before);
        }
    }

    private long openDescriptors() throws IOException {
        try (var numbers = Files.list(Path.of("/proc/%d/fd".formatted(holder.pid())))) {
            return numbers.count();
        }
    }

    @Test
    void garbageIsCountedAndDoesNoHarm() throws Exception {
        var pair = UnixSocket.pair(SocketType.STREAM);
        try (var containerd = connect();
                var daemon = channel();
                var one = pair.getFirst();
                var other = pair.getLast()) {
            daemon.greeted();
            var garbage =
                    List.of(
                            "DROP",
                            "DROP ",
                            "DROP x",
                            "DROP -1",
                            "DROP 1 2",
                            "DROP 99999999999999999999",
                            "DROP 5",
                            "LIMIT",
                            "HELLO 1 0",
                            "CONNECTION 5",
                            "x".repeat(5000),
                            "\0\0\0");
            garbage.forEach(daemon::tell);
            daemon.tell("DROP 7", one.descriptor(), other.descriptor());
            daemon.tell("CONNECTION 8", one.descriptor(), other.descriptor());
            holder.awaitLine("a message of the daemon makes no sense \\(8 so far\\)");
            try (var connections = daemon.all(1)) {
                assertThat(connections.ids()).hasSize(1);
                assertThat(containerd.reaches(connections.first())).isTrue();
            }
        }
    }

    @Test
    void anotherInstanceKeepsWhatADaemonHandsOverUnderItsId() throws Exception {
        try (var containerd = connect();
                var daemon = channel()) {
            var instance = daemon.greeted();
            try (var connections = daemon.all(1)) {
                kill();
                holder = hold();
                handOver(connections, instance);
                isKeptBy(containerd, connections.ids().getFirst());
            }
        }
    }

    private void handOver(Connections connections, String instance) throws InterruptedException {
        try (var daemon = channel()) {
            assertThat(daemon.greeted()).isNotEqualTo(instance);
            assertThat(daemon.all().ids()).isEmpty();
            connections
                    .byId()
                    .forEach((id, socket) -> daemon.tell("CONNECTION " + id, socket.descriptor()));
        }
    }

    /** The one who handed it over may be gone before the holder has heard it. */
    private void isKeptBy(Containerd containerd, long id) throws InterruptedException {
        try (var daemon = channel()) {
            daemon.greeted();
            try (var _ = connect();
                    var connections = daemon.all(2)) {
                assertThat(connections.ids()).hasSize(2).startsWith(id);
                assertThat(containerd.reaches(connections.first())).isTrue();
            }
        }
    }

    @Test
    void theEndOfADaemonOfAnotherSupervisorEndsThePauseOfTheCommand() throws Exception {
        holder.close();
        holder = hold("exit 3");
        holder.awaitLine("starting it again in 3200 ms");
        channel().close();
        holder.awaitLine("starting sh now, for the daemon at the channel is gone");
        holder.awaitLine("ended with code 3 before it was ready");
    }

    @Test
    void theSocketsAreTheOwnersAloneAndGoAtTheEnd() throws Exception {
        for (var socket : List.of(tasks(), channelSocket())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(tasks().getParent())))
                .isEqualTo("rwx------");
        holder.signal("TERM");
        holder.awaitEnd();
        assertThat(tasks()).doesNotExist();
        assertThat(channelSocket()).doesNotExist();
    }

    /** What a daemon that sees one connection is told of it. */
    private String lookAtOnly(Containerd containerd) throws InterruptedException {
        try (var daemon = channel()) {
            var instance = daemon.greeted();
            try (var connections = daemon.all(1)) {
                assertThat(connections.ids()).hasSize(1);
                assertThat(containerd.reaches(connections.first())).isTrue();
                return instance + " " + connections.ids();
            }
        }
    }

    private void kill() throws Exception {
        holder.signal("KILL");
        holder.tell("it is orphaned now, and ends");
        holder.awaitEnd();
    }

    private Supervised hold() throws InterruptedException {
        var started = hold("umask 0; echo up; read line");
        started.awaitLine("up");
        return started;
    }

    private Supervised hold(String script) {
        return Supervised.start(Map.of(), arguments(script));
    }

    private List<String> arguments(String script) {
        return List.of(
                "run",
                "--notify",
                directory.resolve("notify.sock").toString(),
                "--hold",
                tasks().toString(),
                "--channel",
                channelSocket().toString(),
                "sh",
                "-c",
                script);
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
