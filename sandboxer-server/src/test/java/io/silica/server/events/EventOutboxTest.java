// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.events.TaskOOM;
import io.silica.proto.containerd.events.TaskStart;
import io.silica.proto.containerd.types.Envelope;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.TaskEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EventOutboxTest {
    private static final int CAPACITY = 8;

    @TempDir private Path directory;
    private FakeContainerd containerd = new FakeContainerd(Path.of("/nowhere"));
    private EventOutbox outbox = outbox(Path.of("/nowhere"), Duration.ofSeconds(30));

    @BeforeEach
    void begin() {
        use(Duration.ofSeconds(30));
    }

    @AfterEach
    void end() {
        outbox.close();
        containerd.close();
    }

    @Test
    void eventsArriveInTheirOrder() throws Exception {
        containerd.start();

        started(1, 2, 3);

        assertThat(List.of(pid(), pid(), pid())).containsExactly(1, 2, 3);
        await(() -> outbox.depth() == 0);
    }

    @Test
    void anOutOfMemoryEventIsWhatCriListensFor() throws Exception {
        containerd.start();

        outbox.publish(new TaskEvent.OutOfMemory(new ContainerId("c1")));

        Envelope event = containerd.next();
        assertThat(event.getTopic()).isEqualTo("/tasks/oom");
        assertThat(event.getNamespace()).isEqualTo("k8s.io");
        assertThat(event.getTimestamp().getSeconds()).isEqualTo(1_700_000_000);
        assertThat(event.getEvent().getTypeUrl()).isEqualTo("containerd.events.TaskOOM");
        assertThat(TaskOOM.parseFrom(event.getEvent().getValue()).getContainerId()).isEqualTo("c1");
    }

    @Test
    void whatIsPublishedWhileContainerdIsDownArrivesWhenItIsUp() throws Exception {
        started(1, 2);

        containerd.start();

        assertThat(List.of(pid(), pid())).containsExactly(1, 2);
    }

    @Test
    void theOutboxOutlivesARestartOfContainerd() throws Exception {
        containerd.start();
        started(1);
        assertThat(pid()).isEqualTo(1);
        await(() -> outbox.depth() == 0);

        containerd.stop();
        started(2, 3);
        containerd.start();
        started(4);

        assertThat(List.of(pid(), pid(), pid())).containsExactly(2, 3, 4);
    }

    @Test
    void anEventWhoseAnswerWasLostIsSentAgain() throws Exception {
        containerd.hangingOn(pidIs(1)).start();
        started(1, 2);
        assertThat(pid()).isEqualTo(1);

        containerd.answerAgain();
        containerd.stop();
        containerd.start();

        assertThat(lastOf(1)).isEqualTo(2);
    }

    @Test
    void whileContainerdIsDownTheOldestGiveWayAndAreCounted() throws Exception {
        for (int pid = 1; pid <= CAPACITY + 3; pid++) {
            started(pid);
        }

        assertThat(outbox.depth()).isEqualTo(CAPACITY);
        assertThat(outbox.droppedCount()).isEqualTo(3);
        containerd.start();
        assertThat(firstFrom(4)).isEqualTo(4);
        for (int pid = 5; pid <= CAPACITY + 3; pid++) {
            assertThat(pid()).isEqualTo(pid);
        }
    }

    @Test
    void aRefusedEventIsCountedAndTheNextOneIsSent() throws Exception {
        containerd.refusing(pidIs(1)).start();

        started(1, 2);

        assertThat(List.of(pid(), pid())).containsExactly(1, 2);
        await(() -> outbox.depth() == 0);
        assertThat(outbox.refusedCount()).isEqualTo(1);
        assertThat(outbox.droppedCount()).isZero();
    }

    @Test
    void aHangingContainerdHoldsUpNoPublisherAndGetsEverythingInTheEnd() throws Exception {
        outbox.close();
        use(Duration.ofMillis(100));
        containerd.hangingOn(pidIs(1)).start();

        started(1, 2, 3);

        assertThat(pid()).isEqualTo(1);
        // The same again: its deadline has passed.
        assertThat(pid()).isEqualTo(1);
        assertThat(outbox.depth()).isEqualTo(3);
        containerd.answerAgain();
        assertThat(lastOf(1)).isEqualTo(2);
        assertThat(lastOf(2)).isEqualTo(3);
    }

    @Test
    void closingEndsTheThreadWhateverContainerdDoes() throws Exception {
        containerd.hangingOn(_ -> true).start();
        started(1);
        assertThat(pid()).isEqualTo(1);

        outbox.close();

        assertThat(outbox.depth()).isEqualTo(1);
    }

    private void use(Duration deadline) {
        // Relative to the temporary directory a socket's path stays short enough.
        Path socket = directory.resolve("e.sock");
        outbox.close();
        containerd = new FakeContainerd(socket);
        outbox = outbox(socket, deadline);
    }

    private static EventOutbox outbox(Path socket, Duration deadline) {
        var pause = Duration.ofMillis(5);
        var config =
                new EventOutboxConfig(
                        socket, "k8s.io", CAPACITY, deadline, pause, pause.multipliedBy(4));
        return new EventOutbox(config, () -> Instant.ofEpochSecond(1_700_000_000));
    }

    private void started(int... pids) {
        for (int pid : pids) {
            outbox.publish(new TaskEvent.Started(new ContainerId("c1"), pid));
        }
    }

    private int pid() throws Exception {
        return pid(containerd.next());
    }

    /** The first pid that is not below another: what gave way may have been on its way. */
    private int firstFrom(int least) throws Exception {
        int pid = pid();
        while (pid < least) {
            pid = pid();
        }
        return pid;
    }

    /** The pid of the first event that is not of this pid. */
    private int lastOf(int repeated) throws Exception {
        int pid = pid();
        while (pid == repeated) {
            pid = pid();
        }
        return pid;
    }

    private static Predicate<Envelope> pidIs(int pid) {
        return event -> pid(event) == pid;
    }

    private static int pid(Envelope event) {
        try {
            return TaskStart.parseFrom(event.getEvent().getValue()).getPid();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
