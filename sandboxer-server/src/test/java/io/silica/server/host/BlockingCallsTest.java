// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATE = Duration.ofSeconds(30);

    /** What a volume that never answers waits for. */
    private final CountDownLatch answer = new CountDownLatch(1);

    private final BlockingThreads threads = new BlockingThreads();
    private final BlockingCalls patient = new BlockingCalls("patient", 2, LATE, threads);
    private final BlockingCalls hasty = new BlockingCalls("hasty", 2, SOON, threads);

    @AfterEach
    void release() {
        answer.countDown();
        patient.close();
        hasty.close();
    }

    @Test
    void aCallIsMadeOnAPlatformThreadThatNamesItsOwner() {
        assertThat(patient.call("look", () -> Thread.currentThread().isVirtual())).isFalse();
        assertThat(patient.call("look", () -> Thread.currentThread().getName()))
                .isEqualTo("blocking-patient");
    }

    @Test
    void anUncheckedExceptionPassesThrough() {
        var thrown = new SandboxException.InvalidArgument("no");

        assertThatThrownBy(() ->
                        patient.run(
                                "fail",
                                () -> {
                                    throw thrown;
                                }))
                .isSameAs(thrown);
    }

    @Test
    void aCheckedExceptionNamesTheAction() {
        assertThatThrownBy(() -> patient.call("read", BlockingCallsTest::fail))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageStartingWith("cannot read: ")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aCallThatDoesNotReturnTimesOutAndItsThreadIsLostUntilItDoes() {
        try (var calls = new BlockingCalls("slow", 1, Duration.ofMillis(500), threads)) {
            assertThatThrownBy(() -> calls.run("mount", this::awaitAnswer))
                    .isInstanceOf(SandboxException.TimedOut.class)
                    .hasMessage("cannot mount: the call has not returned in time");
            assertThat(calls.lost()).isEqualTo(1);

            answer.countDown();

            while (calls.lost() > 0) {
                Thread.onSpinWait();
            }
            assertThat(calls.call("look", () -> "seen")).isEqualTo("seen");
        }
    }

    @Test
    void whenEveryThreadIsLostTheNextCallIsRefusedAtOnce() {
        var calls = new BlockingCalls("unlucky", 1, Duration.ofSeconds(2), threads);
        assertThatThrownBy(() -> calls.run("mount", this::awaitAnswer))
                .isInstanceOf(SandboxException.TimedOut.class);
        long before = System.nanoTime();

        assertThatThrownBy(() -> calls.run("unmount", this::awaitAnswer))
                .isInstanceOf(SandboxException.Exhausted.class)
                .hasMessageContaining("cannot unmount")
                .hasMessageContaining("unlucky");

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        calls.close();
    }

    @Test
    void aCallWaitsForABusyThread() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = callers.submit(() -> patient.run("wait", this::awaitAnswer));
            Future<?> second = callers.submit(() -> patient.run("wait", this::awaitAnswer));
            Future<String> third = callers.submit(() -> patient.call("look", () -> "seen"));

            answer.countDown();

            assertThat(third.get(10, TimeUnit.SECONDS)).isEqualTo("seen");
            first.get(10, TimeUnit.SECONDS);
            second.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aResultThatComesTooLateIsUndone() throws Exception {
        var undone = new CompletableFuture<String>();

        assertThatThrownBy(() ->
                        hasty.call(
                                "mount",
                                () -> {
                                    awaitAnswer();
                                    return "mounted";
                                },
                                undone::complete))
                .isInstanceOf(SandboxException.TimedOut.class);
        answer.countDown();

        assertThat(undone.get(10, TimeUnit.SECONDS)).isEqualTo("mounted");
    }

    @Test
    void anInterruptedCallerStopsWaitingAndStaysInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> patient.run("wait", this::awaitAnswer))
                .isInstanceOf(SandboxException.Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aPodThatWaitsForEverHoldsUpNoOther() {
        assertThatThrownBy(() -> hasty.run("mount", this::awaitAnswer))
                .isInstanceOf(SandboxException.TimedOut.class);
        assertThatThrownBy(() -> hasty.run("mount", this::awaitAnswer))
                .isInstanceOf(SandboxException.TimedOut.class);

        assertThat(hasty.lost()).isEqualTo(2);
        assertThat(patient.call("look", () -> "seen")).isEqualTo("seen");
    }

    @Test
    void afterTheEndNoCallIsMade() {
        patient.close();

        assertThatThrownBy(() -> patient.call("look", () -> "seen"))
                .isInstanceOf(SandboxException.Unavailable.class);
    }

    private void awaitAnswer() {
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String fail() throws IOException {
        throw new IOException("disk");
    }
}
