// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.PrepareRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can arrive by the socket that a guest dials. Each is a failure of that call, or of none. */
@LeakCheck
final class HostileAgentTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final int UNKNOWN_STREAM = 999_999;
    private static final Executor ASIDE = it -> Thread.ofVirtual().name("asks").start(it);

    @TempDir Path directory;
    private Path socket;
    private Agent agent;
    private GuestMachine machine;

    @BeforeEach
    void listen() {
        socket = directory.resolve("vsock_5000");
        agent = Agent.listen(socket, directory.resolve("new"), new SandboxId("pod"), 1);
        machine = new GuestMachine(agent);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    @Test
    void aLengthThatIsNoFramesEndsTheConnectionAndTheCallGoesOnOverTheNext() throws Exception {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 24}) {
            try (var guest = attached()) {
                var answer = asked(machine::containers);
                guest.head(guest.request(), length);
                try (var next = RawGuest.attached(socket, 1)) {
                    next.answer(next.request(), list("after"));
                    assertThat(await(answer).getFirst().getId()).isEqualTo("after");
                }
            }
        }
    }

    @Test
    void anAnswerThatIsTooLongFailsItsCallAlone() throws Exception {
        int tooLong = 8 << 20;
        try (var guest = attached()) {
            var answer = asked(machine::containers);
            guest.head(guest.request(), tooLong);
            guest.send(new byte[tooLong]);
            assertThatThrownBy(() -> await(answer)).isInstanceOf(SandboxException.Exhausted.class);

            var second = asked(machine::containers);
            guest.answer(guest.request(), list("second"));
            assertThat(await(second).getFirst().getId()).isEqualTo("second");
        }
    }

    @Test
    void answersThatNobodyAskedForAreDropped() throws Exception {
        try (var guest = attached()) {
            var answer = asked(machine::containers);
            int stream = guest.request();
            for (int i = 0; i < 1000; i++) {
                guest.answer(UNKNOWN_STREAM + i, list("unasked"));
                guest.answer(-i, list("unasked"));
            }
            guest.answer(stream, list("asked"));
            guest.answer(stream, list("asked twice"));
            assertThat(await(answer))
                    .extracting(GuestContainerState::getId)
                    .containsExactly("asked");
        }
    }

    @Test
    void anAnswerThatIsNoMessageFailsItsCall() throws Exception {
        try (var guest = attached()) {
            var answer = asked(machine::containers);
            guest.head(guest.request(), 4);
            guest.send(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff});
            assertThatThrownBy(() -> await(answer)).isInstanceOf(SandboxException.Failed.class);
        }
    }

    @Test
    void aGuestThatReadsNothingHoldsUpACallerForItsPatienceOnly() throws Exception {
        var big =
                PrepareRequest.newBuilder()
                        .setHosts(ByteString.copyFrom(new byte[500_000]))
                        .build();
        try (var _ = attached()) {
            List<CompletableFuture<String>> stuck = new ArrayList<>();
            // More than the socket and our own buffer hold.
            for (int i = 0; i < 8; i++) {
                stuck.add(
                        asked(() -> {
                            machine.prepare(big);
                            return "prepared";
                        }));
            }
            assertThatThrownBy(() -> machine.powerOff(Duration.ZERO, Duration.ofMillis(100)))
                    .isInstanceOf(SandboxException.TimedOut.class);
            agent.end("the pod was stopped");
            for (var call : stuck) {
                assertThatThrownBy(() -> await(call))
                        .isInstanceOf(SandboxException.Unavailable.class);
            }
        }
    }

    @Test
    void allThatIsAskedForOneCallTakesNoLongerThanTheCallMay() throws Exception {
        CompletableFuture<String> call;
        Duration first;
        long asked;
        try (var guest = attached()) {
            call =
                    asked(() -> {
                        machine.powerOff(Duration.ZERO, PATIENT);
                        return "off";
                    });
            var _ = guest.request();
            first = guest.patience();
            asked = System.nanoTime();
        }
        awaitNobodyAttached();
        var gone = Duration.ofNanos(System.nanoTime() - asked);
        try (var next = RawGuest.attached(socket, 1)) {
            next.answer(next.request(), Empty.getDefaultInstance());
            assertThat(next.patience()).isLessThanOrEqualTo(first.minus(gone));
            assertThat(await(call)).isEqualTo("off");
        }
    }

    @Test
    void thousandsOfConnectionsCostTheGuestItsOwnTime() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            RawGuest.dial(socket).close();
        }
        try (var guest = attached()) {
            var answer = asked(machine::containers);
            guest.answer(guest.request(), list("still there"));
            assertThat(await(answer).getFirst().getId()).isEqualTo("still there");
        }
    }

    @Test
    void anAgentOfAnotherVersionIsRefusedWithAnAdvice() throws Exception {
        try (var guest = RawGuest.attached(socket, 7)) {
            assertThatThrownBy(guest::request).isInstanceOf(EOFException.class);
        }
        assertThatThrownBy(() -> agent.awaitAttached(Duration.ofMillis(1)))
                .isInstanceOf(SandboxException.TimedOut.class)
                .hasMessageContaining("it speaks version 7 of the protocol")
                .hasMessageContaining("make it anew");
    }

    @Test
    void anAttachThatFailsIsToldInPrintableWords() throws Exception {
        try (var guest = RawGuest.dial(socket)) {
            guest.head(guest.request(), 2);
            guest.send(new byte[] {0x0a, 0x7f});
            assertThatThrownBy(guest::request).isInstanceOf(EOFException.class);
        }
        assertThatThrownBy(() -> agent.awaitAttached(Duration.ofMillis(1)))
                .hasMessageContaining("the last that did was refused")
                .satisfies(it -> assertThat(it.getMessage()).matches("[ -~]+"));
    }

    private RawGuest attached() throws IOException {
        var guest = RawGuest.attached(socket, 1);
        var _ = agent.awaitAttached(PATIENT);
        return guest;
    }

    /** The end of a connection is seen a moment after the guest has closed it. */
    private void awaitNobodyAttached() {
        var patience = Duration.ofMillis(100);
        long deadline = System.nanoTime() + PATIENT.toNanos();
        while (isAttached(patience)) {
            assertThat(System.nanoTime()).as("the end of a connection").isLessThan(deadline);
        }
    }

    private boolean isAttached(Duration patience) {
        try {
            var _ = agent.awaitAttached(patience);
            return true;
        } catch (SandboxException.TimedOut _) {
            return false;
        }
    }

    private static ListResponse list(String id) {
        return ListResponse.newBuilder()
                .addContainers(GuestContainerState.newBuilder().setId(id))
                .build();
    }

    private static <T> CompletableFuture<T> asked(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, ASIDE);
    }

    private static <T> T await(CompletableFuture<T> answer) throws Exception {
        try {
            return answer.orTimeout(PATIENT.toSeconds(), SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
