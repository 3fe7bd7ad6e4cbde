// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.server.registry.Recovery.Step;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeakCheck
@Timeout(60)
class RecoveryTest {
    private final Recovery recovery = new Recovery();
    private final List<String> taken = new CopyOnWriteArrayList<>();

    @BeforeEach
    void allow() {
        recovery.allow();
    }

    @AfterEach
    void end() {
        recovery.close();
    }

    @Test
    void stepsAreTakenInTheirOrderEachUntilItSucceeds() throws InterruptedException {
        var done = new CountDownLatch(1);
        var failures = new AtomicInteger(3);
        recovery.begin(
                () -> false,
                List.of(
                        new Step(
                                "first",
                                () -> {
                                    taken.add("first");
                                    if (failures.getAndDecrement() > 0) {
                                        throw new SandboxException.Unavailable("later");
                                    }
                                }),
                        new Step(
                                "second",
                                () -> {
                                    taken.add("second");
                                    done.countDown();
                                })));
        done.await();
        assertThat(taken).containsExactly("first", "first", "first", "first", "second");
    }

    @Test
    void noMoreStepsAreTakenAtOnceThanThereArePlaces() throws InterruptedException {
        int jobs = 2 * Recovery.STEPS_AT_ONCE;
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var full = new CountDownLatch(Recovery.STEPS_AT_ONCE);
        var done = new CountDownLatch(jobs);
        for (int i = 0; i < jobs; i++) {
            recovery.begin(
                    () -> false,
                    List.of(
                            new Step(
                                    "one of many",
                                    () -> {
                                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                        full.countDown();
                                        await(full);
                                        running.decrementAndGet();
                                        done.countDown();
                                    })));
        }
        done.await();
        assertThat(most).hasValue(Recovery.STEPS_AT_ONCE);
    }

    @Test
    void nothingIsDoneBeforeItIsAllowed() throws InterruptedException {
        try (var held = new Recovery()) {
            var done = new CountDownLatch(1);
            held.begin(
                    () -> false,
                    List.of(
                            new Step(
                                    "only",
                                    () -> {
                                        taken.add("only");
                                        done.countDown();
                                    })));
            taken.add("allowed");
            held.allow();
            done.await();
            assertThat(taken).containsExactly("allowed", "only");
        }
    }

    @Test
    void whatIsNotWantedAnyMoreIsNotTakenAgain() throws InterruptedException {
        var unwanted = new AtomicBoolean();
        var asked = new CountDownLatch(2);
        recovery.begin(
                () -> {
                    asked.countDown();
                    return unwanted.get();
                },
                List.of(
                        new Step(
                                "fail",
                                () -> {
                                    taken.add("fail");
                                    unwanted.set(true);
                                    throw new SandboxException.Unavailable("later");
                                })));
        asked.await();
        assertThat(taken).containsExactly("fail");
    }

    @Test
    void jobsDoNotWaitForEachOther() throws InterruptedException {
        var forever = new CountDownLatch(1);
        recovery.begin(() -> false, List.of(new Step("stand still", () -> await(forever))));
        var done = new CountDownLatch(1);
        recovery.begin(() -> false, List.of(new Step("go on", done::countDown)));
        done.await();
    }

    /** The leak check looks whether a thread is left. */
    @Test
    void theEndOfTheDaemonEndsEveryJobWhereItIs() throws InterruptedException {
        var begun = new CountDownLatch(1);
        recovery.begin(
                () -> false,
                List.of(
                        new Step(
                                "stand still",
                                () -> {
                                    begun.countDown();
                                    await(new CountDownLatch(1));
                                })));
        begun.await();
        recovery.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted");
        }
    }
}
