// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.Operation;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.logging.LogContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class DriverTest {
    private final Driver driver = driver(Duration.ofSeconds(30));

    @Test
    void workIsDoneInOrderAndOneAfterAnother() throws InterruptedException {
        List<Integer> done = new ArrayList<>();
        var inside = new AtomicInteger();
        var last = new CountDownLatch(1);
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            driver.post(
                    "work",
                    () -> {
                        assertThat(inside.incrementAndGet()).isOne();
                        done.add(number);
                        inside.decrementAndGet();
                    });
        }
        driver.post("work", last::countDown);
        last.await();
        assertThat(done).hasSize(1_000).isSorted();
    }

    @Test
    void workIsPartOfTheOperationOfWhoWaitsForIt() throws Exception {
        String within =
                new Operation("asked once")
                        .call(() -> driver.call("work", () -> Operation.current().get().id()));
        assertThat(within).isEqualTo("asked once");
        assertThat(driver.call("work", Operation::current)).isEmpty();
    }

    @Test
    void aFailureReachesItsCallerAndNobodyElse() {
        assertThatThrownBy(() ->
                        driver.call(
                                "fail",
                                () -> {
                                    throw new SandboxException.NotFound("x");
                                }))
                .isInstanceOf(SandboxException.NotFound.class)
                .hasMessage("x");
        assertThat(driver.call("go on", () -> 7)).isEqualTo(7);
    }

    @Test
    void anUnforeseenFailureKeepsItsCause() {
        assertThatThrownBy(() ->
                        driver.call(
                                "start sandbox \"x\"",
                                () -> {
                                    throw new IOException("disk");
                                }))
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("cannot start sandbox \"x\"")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aCallerThatGivesUpLeavesTheWorkGoingOn() throws InterruptedException {
        var impatient = driver(Duration.ofMillis(1));
        var gate = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        assertThatThrownBy(() ->
                        impatient.call(
                                "wait",
                                () -> {
                                    gate.await();
                                    done.countDown();
                                    return 1;
                                }))
                .isInstanceOf(SandboxException.TimedOut.class)
                .hasMessageContaining("cannot wait");
        gate.countDown();
        done.await();
    }

    @Test
    void whatItsWorkLogsIsAboutItsObject() {
        assertThat(driver.call("look", () -> MDC.get("sandbox_id"))).isEqualTo("s1");
        assertThat(MDC.get("sandbox_id")).isNull();
    }

    @Test
    void workThatNobodyWaitsForMayFail() {
        driver.post(
                "fail",
                () -> {
                    throw new SandboxException.Failed("disk");
                });
        assertThat(driver.call("go on", () -> 7)).isEqualTo(7);
    }

    private static Driver driver(Duration patience) {
        return new Driver("driver", () -> LogContext.sandbox(new SandboxId("s1")), patience);
    }
}
