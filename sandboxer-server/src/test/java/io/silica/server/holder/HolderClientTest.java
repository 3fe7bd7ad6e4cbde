// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import io.silica.supervisor.Supervised;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's side, with the holder that is shipped. */
@LeakCheck
@Timeout(120)
class HolderClientTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private final Poller poller = Poller.start("holder-client-test");
    private final RecordingUser user = new RecordingUser();
    private Supervised program;

    @BeforeEach
    void start() throws InterruptedException {
        program = startHolder();
    }

    @AfterEach
    void stop() {
        program.close();
        user.close();
        poller.close();
    }

    @Test
    void whatWasAcceptedBeforeIsThereAtOnceAndWhatComesLaterFollows() throws Exception {
        try (var early = connect()) {
            awaitHeld(1);
            try (var holder = Holder.find(channel(), poller).orElseThrow();
                    var late = connect()) {
                var held = holder.takeHeld();
                assertThat(held).hasSize(1);
                assertThat(reaches(early, held.getFirst())).isTrue();
                assertThat(holder.isKept()).isTrue();
                holder.serve(user);
                assertThat(reaches(late, user.awaitConnection())).isTrue();
                held.forEach(user::serve);
            }
        }
    }

    @Test
    void aConnectionThatHasEndedIsClosedForGood() throws Exception {
        try (var containerd = connect();
                var holder = Holder.find(channel(), poller).orElseThrow()) {
            holder.takeHeld().forEach(user::serve);
            holder.serve(user);
            var connection = user.awaitConnection();
            user.close(connection);
            holder.ended(connection.id());
            assertThat(hasEnded(containerd)).isTrue();
        }
    }

    @Test
    void theEndOfTheDaemonIsNoneForItsConnections() throws Exception {
        try (var containerd = connect()) {
            awaitHeld(1);
            List<HeldConnection> before;
            try (var holder = Holder.find(channel(), poller).orElseThrow()) {
                before = holder.takeHeld();
                before.forEach(connection -> connection.socket().close());
            }
            try (var holder = Holder.find(channel(), poller).orElseThrow()) {
                var after = holder.takeHeld();
                after.forEach(user::serve);
                assertThat(after)
                        .extracting(HeldConnection::id)
                        .containsExactly(before.getFirst().id());
                assertThat(reaches(containerd, after.getFirst())).isTrue();
            }
        }
    }

    @Test
    void anotherHolderGetsWhatIsServedAfterOneIsLost() throws Exception {
        try (var containerd = connect()) {
            HeldConnection connection;
            try (var holder = Holder.find(channel(), poller).orElseThrow()) {
                holder.takeHeld().forEach(user::serve);
                holder.serve(user);
                connection = user.awaitConnection();
                var instance = holder.instance();
                killHolder();
                program = startHolder();
                assertThat(user.awaitKeeper()).isNotEqualTo(instance).isEqualTo(holder.instance());
                assertThat(holder.isKept()).isTrue();
                assertThat(reaches(containerd, connection)).isTrue();
            }
            isHeldFor(containerd, connection);
        }
    }

    /** For the daemon that comes next. */
    private void isHeldFor(UnixSocket containerd, HeldConnection connection) throws Exception {
        try (var next = Holder.find(channel(), poller).orElseThrow()) {
            var held = next.takeHeld();
            held.forEach(user::serve);
            assertThat(held).extracting(HeldConnection::id).containsExactly(connection.id());
            assertThat(reaches(containerd, held.getFirst())).isTrue();
        }
    }

    @Test
    void moreThanTheLimitWaits() throws Exception {
        try (var holder = Holder.find(channel(), poller).orElseThrow()) {
            holder.limit(1);
            holder.serve(user);
            try (var _ = connect();
                    var second = connect()) {
                var first = user.awaitConnection();
                program.awaitLine("as many connections are held as there may be");
                user.close(first);
                holder.ended(first.id());
                assertThat(reaches(second, user.awaitConnection())).isTrue();
            }
        }
    }

    @Test
    void theHolderSaysHowManyItHolds() throws Exception {
        try (var holder = Holder.find(channel(), poller).orElseThrow()) {
            assertThat(holder.most()).isEqualTo(4096);
        }
    }

    /** The holder's accept is its own affair; a second look sees what the first one waited for. */
    private void awaitHeld(int count) throws InterruptedException {
        try (var holder = Holder.find(channel(), poller).orElseThrow()) {
            var held = holder.takeHeld();
            held.forEach(connection -> connection.socket().close());
            holder.serve(user);
            for (int i = held.size(); i < count; i++) {
                user.close(user.awaitConnection());
            }
        }
    }

    private Supervised startHolder() throws InterruptedException {
        var started =
                Supervised.start(
                        "run",
                        "--notify",
                        directory.resolve("notify.sock").toString(),
                        "--hold",
                        tasks().toString(),
                        "--channel",
                        channel().toString(),
                        "sh",
                        "-c",
                        "echo up; read line");
        started.awaitLine("up");
        return started;
    }

    private void killHolder() throws Exception {
        program.signal("KILL");
        program.tell("it is orphaned now, and ends");
        program.awaitEnd();
    }

    private Path tasks() {
        return directory.resolve("task.sock");
    }

    private Path channel() {
        return directory.resolve("holder.sock");
    }

    private UnixSocket connect() {
        return UnixSocket.connect(UnixAddress.of(tasks()), SocketType.STREAM);
    }

    private boolean reaches(UnixSocket containerd, HeldConnection connection)
            throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            long sent = System.nanoTime();
            containerd.send(arena.allocateFrom(ValueLayout.JAVA_LONG, sent), 0, Long.BYTES);
            var received = arena.allocate(ValueLayout.JAVA_LONG);
            var socket = connection.socket();
            poller.await(socket.descriptor(), Epoll.READABLE, LONG);
            return socket.receive(received, 0, Long.BYTES) == Long.BYTES
                    && received.get(ValueLayout.JAVA_LONG, 0) == sent;
        }
    }

    private boolean hasEnded(UnixSocket containerd) throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            poller.await(containerd.descriptor(), Epoll.READABLE, LONG);
            return containerd.receive(arena.allocate(1), 0, 1) < 0;
        }
    }
}
