// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Operation;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which a guest knows what it is asked for again, and what it need not keep. */
@LeakCheck
final class OperationIdsTest {
    private static final Executor ASIDE = it -> Thread.ofVirtual().name("asks").start(it);

    @TempDir Path directory;
    private Path socket;
    private Agent agent;
    private GuestTask task;

    @BeforeEach
    void listen() {
        socket = directory.resolve("vsock_5000");
        agent =
                Agent.listen(
                        socket,
                        directory.resolve("new"),
                        new SandboxId("pod"),
                        1,
                        Duration.ofMillis(20));
        task = new GuestTask(agent, new ContainerId("c"), Optional.empty());
    }

    @AfterEach
    void close() {
        agent.close();
    }

    @Test
    void aCallThatIsMadeAgainIsTheSameOperationAndTheNextCallAnother() throws Exception {
        String first;
        CompletableFuture<Void> asked;
        try (var guest = RawGuest.attached(socket, 1)) {
            asked = asked("request");
            var _ = guest.request();
            first = guest.operation();
        }
        assertThat(first).startsWith("request/");
        try (var guest = RawGuest.attached(socket, 1)) {
            int stream = guest.request();
            assertThat(guest.operation()).isEqualTo(first);
            guest.answer(stream, Empty.getDefaultInstance());
            // Nobody waits for a second answer.
            guest.answer(stream, Empty.getDefaultInstance());
            await(asked);
            var second = asked("another request");
            guest.answer(guest.request(), Empty.getDefaultInstance());
            await(second);
            assertThat(guest.operation()).isNotEqualTo(first);
        }
    }

    @Test
    void whatNoClientHasAskedForIsAnOperationOfThisLifeAndAcknowledgedWithItsAnswer()
            throws Exception {
        try (var guest = RawGuest.attached(socket, 1)) {
            var asked = CompletableFuture.runAsync(() -> task.kill(Signal.KILL, true), ASIDE);
            guest.answer(guest.request(), Empty.getDefaultInstance());
            assertThat(guest.operation()).matches("1/\\d+");
            var operation = guest.operation();
            await(asked);
            awaitAcknowledged(guest, operation);
        }
    }

    @Test
    void whatAClientHasAskedForIsAcknowledgedWhenTheClientHasItsAnswer() throws Exception {
        var operation = new Operation("request");
        try (var guest = RawGuest.attached(socket, 1)) {
            var asked = asked(operation);
            guest.answer(guest.request(), Empty.getDefaultInstance());
            var id = guest.operation();
            await(asked);
            for (int i = 0; i < 3; i++) {
                assertThat(guest.acknowledged()).isEmpty();
            }
            operation.answered();
            awaitAcknowledged(guest, id);
        }
    }

    private static void awaitAcknowledged(RawGuest guest, String operation) throws IOException {
        var told = guest.acknowledged();
        while (told.isEmpty()) {
            told = guest.acknowledged();
        }
        assertThat(told).containsExactly(operation);
    }

    private CompletableFuture<Void> asked(String request) {
        return asked(new Operation(request));
    }

    private CompletableFuture<Void> asked(Operation operation) {
        return CompletableFuture.runAsync(() -> kill(operation), ASIDE);
    }

    private void kill(Operation operation) {
        try {
            var _ =
                    operation.call(() -> {
                        task.kill(Signal.KILL, true);
                        return operation;
                    });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CompletableFuture<Void> answer) {
        answer.orTimeout(60, SECONDS).join();
    }
}
