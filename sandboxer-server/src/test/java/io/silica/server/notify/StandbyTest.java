// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeakCheck
@Timeout(60)
final class StandbyTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void withoutTheVariableAProcessIsNoStandby() {
        assertThat(Standby.of(Map.of(), StandbyTest::unused)).isEmpty();
    }

    @Test
    void aVariableThatNamesNoSocketIsNotPassedOver() {
        try (var pipe = Pipe.open()) {
            for (var number : List.of("3", "three")) {
                var found = pipe.reader().duplicate();
                var environment = Map.of("SILICA_STANDBY", number);
                assertThatThrownBy(() -> Standby.of(environment, _ -> found))
                        .isInstanceOf(SandboxException.InvalidArgument.class)
                        .hasMessageContaining("SILICA_STANDBY is \"" + number + "\"");
                // It may be this JVM's own, and stays open.
                if (found.isOpen()) {
                    found.close();
                } else {
                    Descriptor.adopt(found.number(), "found").close();
                }
            }
        }
    }

    @Test
    void whatIsParkedComesWithItsNamesWhenItsTurnComes() throws Exception {
        try (var supervisor = new Supervisor();
                var pipe = Pipe.open();
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var turn = tasks.submit(() -> supervisor.standby().awaitTurn());
            assertThat(supervisor.hear()).isEqualTo("rehearsed");

            supervisor.say("one:two:", List.of(pipe.reader(), pipe.writer()));
            supervisor.say("three:", List.of(pipe.reader()));
            supervisor.say("go", List.of());

            var parked = turn.get();
            assertThat(supervisor.hear()).isEqualTo("going");
            for (var name : List.of("three", "two", "one")) {
                try (var descriptor = parked.take(name).orElseThrow()) {
                    assertThat(descriptor.isOpen()).isTrue();
                }
            }
            assertThat(parked.closeRest()).isEmpty();
        }
    }

    @Test
    void withoutASupervisorThereIsNoTurnAndNothingIsKept() throws Exception {
        try (var supervisor = new Supervisor();
                var pipe = Pipe.open();
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var turn = tasks.submit(() -> supervisor.standby().awaitTurn());
            supervisor.say("one:", List.of(pipe.reader()));
            supervisor.leave();

            assertThatThrownBy(turn::get).hasCauseInstanceOf(SandboxException.Cancelled.class);
        }
    }

    private static Descriptor unused(int number) {
        throw new AssertionError("not asked for " + number);
    }

    /** The other end. */
    private static final class Supervisor implements AutoCloseable {
        private final UnixSocket socket;
        private final Standby standby;
        private final Poller poller = Poller.start("supervisor");

        Supervisor() {
            var ends = UnixSocket.pair(SocketType.SEQPACKET);
            socket = ends.getFirst();
            standby =
                    Standby.of(Map.of("SILICA_STANDBY", "3"), _ -> ends.getLast().descriptor())
                            .orElseThrow();
        }

        Standby standby() {
            return standby;
        }

        void say(String text, List<Descriptor> descriptors) {
            try (var arena = Arena.ofConfined()) {
                var bytes = arena.allocateFrom(text, UTF_8);
                socket.send(bytes.asSlice(0, bytes.byteSize() - 1), descriptors);
            }
        }

        String hear() throws InterruptedException {
            assertThat(poller.await(socket.descriptor(), Epoll.READABLE, LONG)).isTrue();
            try (var arena = Arena.ofConfined()) {
                var buffer = arena.allocate(100);
                socket.receive(buffer, 0, buffer.byteSize());
                return buffer.getString(0);
            }
        }

        void leave() {
            socket.close();
        }

        @Override
        public void close() {
            poller.close();
            socket.close();
            standby.close();
        }
    }
}
