// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import io.silica.ttrpc.ConnectionId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon's side, with a holder that does what the test wants. */
@LeakCheck
@Timeout(120)
class HolderFaultsTest {
    private static final String ONE = "1".repeat(32);
    private static final String OTHER = "2".repeat(32);
    private static final int MANY = 3000;

    @TempDir private Path directory;

    private final Poller poller = Poller.start("holder-faults-test");
    private final RecordingUser user = new RecordingUser();
    private FakeHolder fake;
    private UnixSocket containerd;
    private UnixSocket accepted;

    @BeforeEach
    void start() {
        fake = new FakeHolder(channel(), poller);
        var pair = UnixSocket.pair(SocketType.STREAM);
        containerd = pair.getFirst();
        accepted = pair.getLast();
    }

    @AfterEach
    void stop() {
        containerd.close();
        accepted.close();
        user.close();
        fake.close();
        poller.close();
    }

    @Test
    void whereNobodyListensThereIsNoHolder() throws Exception {
        var plain = Files.writeString(directory.resolve("plain"), "");
        assertThat(Holder.find(directory.resolve("none"), poller)).isEmpty();
        assertThat(Holder.find(plain, poller)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HELLO 2 11111111111111111111111111111111", "HELLO 1 short", "ALL", "x"})
    void whoGreetsOtherwiseIsNoHolder(String greeting) throws Exception {
        var finding = find();
        fake.accept();
        fake.say(greeting);
        assertThat(found(finding)).isEmpty();
    }

    @Test
    void whoHangsUpBeforeHeHasToldAllIsNoHolder() throws Exception {
        var finding = find();
        fake.accept();
        fake.greet(ONE);
        fake.say("CONNECTION 7", accepted.descriptor());
        fake.hangUp();
        assertThat(found(finding)).isEmpty();
    }

    @Test
    void garbageIsPassedOver() throws Exception {
        try (var holder = greeted(ONE)) {
            holder.serve(user);
            fake.say("CONNECTION");
            fake.say("CONNECTION 5");
            fake.say("CONNECTION -5", accepted.descriptor());
            fake.say("CONNECTION 99999999999999999999", accepted.descriptor());
            fake.say("whatever", accepted.descriptor());
            fake.greet(OTHER);
            fake.say("ALL");
            fake.say("CONNECTION 6", accepted.descriptor());
            assertThat(user.awaitConnection().id()).isEqualTo(new ConnectionId(6));
        }
    }

    @Test
    void theSameHolderIsNotBelievedThatWhatIsServedIsNew() throws Exception {
        try (var holder = greeted(ONE)) {
            holder.serve(user);
            fake.say("CONNECTION 6", accepted.descriptor());
            user.awaitConnection();
            fake.hangUp();
            fake.accept();
            fake.greet(ONE);
            fake.say("CONNECTION 6", accepted.descriptor());
            fake.say("CONNECTION 7", accepted.descriptor());
            fake.say("ALL");
            assertThat(user.awaitConnection().id()).isEqualTo(new ConnectionId(7));
        }
    }

    @Test
    void whatEndedWhileTheHolderWasGoneIsDroppedWhenItIsBack() throws Exception {
        try (var holder = greeted(ONE)) {
            holder.serve(user);
            fake.say("CONNECTION 6", accepted.descriptor());
            var connection = user.awaitConnection();
            fake.hangUp();
            fake.accept();
            user.close(connection);
            holder.ended(connection.id());
            fake.greet(ONE);
            fake.say("CONNECTION 6", accepted.descriptor());
            assertThat(fake.hear()).isEqualTo("DROP 6");
        }
    }

    @Test
    void whatTheHolderHasLostIsHandedOverToIt() throws Exception {
        try (var holder = greeted(ONE)) {
            holder.limit(9);
            assertThat(fake.hear()).isEqualTo("LIMIT 9");
            holder.serve(user);
            fake.say("CONNECTION 6", accepted.descriptor());
            user.awaitConnection();
            fake.hangUp();
            fake.accept();
            fake.greet(OTHER);
            fake.say("ALL");
            assertThat(fake.hear()).isEqualTo("LIMIT 9");
            assertThat(fake.hear()).isEqualTo("CONNECTION 6");
            assertThat(user.awaitKeeper()).isEqualTo(OTHER);
            assertThat(holder.isKept()).isTrue();
        }
    }

    @Test
    void aHolderThatDoesNotReadHoldsUpNobodyAndGetsEverythingInOrder() throws Exception {
        try (var holder = greeted(ONE)) {
            holder.serve(user);
            for (int id = 1; id <= MANY; id++) {
                fake.say("CONNECTION " + id, accepted.descriptor());
                var connection = user.awaitConnection();
                user.close(connection);
                holder.ended(connection.id());
            }
            for (int id = 1; id <= MANY; id++) {
                assertThat(fake.hear()).isEqualTo("DROP " + id);
            }
        }
    }

    private Path channel() {
        return directory.resolve("holder.sock");
    }

    private Holder greeted(String instance) throws Exception {
        var finding = find();
        fake.accept();
        fake.greet(instance);
        fake.say("ALL");
        return found(finding).orElseThrow();
    }

    private FutureTask<Optional<Holder>> find() {
        var finding = new FutureTask<>(() -> Holder.find(channel(), poller));
        Thread.ofVirtual().name("finding").start(finding);
        return finding;
    }

    private static Optional<Holder> found(FutureTask<Optional<Holder>> finding)
            throws InterruptedException, ExecutionException {
        return finding.get();
    }
}
