// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.agent.Operations.Change;
import io.silica.sandbox.SandboxException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private static final Change KILL = new Change("Kill", "c", "");
    private static final Change DELETE = new Change("Delete", "c", "");

    private final Operations operations = new Operations();
    private final AtomicInteger carriedOut = new AtomicInteger();

    @Test
    void whatComesAgainIsNotDoneAgainAndHasTheSameResult() throws Exception {
        assertThat(once("a", KILL)).isEqualTo(1);
        assertThat(once("a", KILL)).isEqualTo(1);
        assertThat(once("b", KILL)).isEqualTo(2);
    }

    @Test
    void whatComesAgainWhileItIsCarriedOutWaitsForTheResult() throws Exception {
        var begun = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var first =
                aside(() -> {
                    begun.countDown();
                    await(goesOn);
                    return carriedOut.incrementAndGet();
                });
        begun.await();
        var second = new FutureTask<>(() -> once("a", KILL));
        var asks = Thread.ofPlatform().name("asks again").start(second);
        while (asks.getState() != Thread.State.WAITING) {
            assertThat(second.isDone()).isFalse();
            Thread.onSpinWait();
        }
        assertThat(second.isDone()).isFalse();
        goesOn.countDown();
        assertThat(first.get()).isEqualTo(1);
        assertThat(second.get()).isEqualTo(1);
    }

    @Test
    void anIdThatComesWithAnotherMethodOrProcessIsRefusedAndNothingIsDone() throws Exception {
        once("a", KILL);
        for (var other :
                List.of(DELETE, new Change("Kill", "d", ""), new Change("Kill", "c", "e"))) {
            assertThatThrownBy(() -> once("a", other))
                    .isInstanceOf(SandboxException.InvalidArgument.class)
                    .hasMessageContaining("Kill of container \"c\"");
        }
        assertThat(carriedOut).hasValue(1);
    }

    @Test
    void anIdThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> once("x".repeat(257), KILL))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }

    @Test
    void aRefusalIsAResultAndWhatWasBrokenOffIsNone() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() ->
                            fail("refused", () -> new SandboxException.NotFound("it has ended")))
                    .isInstanceOf(SandboxException.NotFound.class);
        }
        assertThat(carriedOut).hasValue(1);
        assertThatThrownBy(() -> fail("broken off", () -> new SandboxException.Unavailable("no")))
                .isInstanceOf(SandboxException.Unavailable.class);
        assertThat(once("broken off", KILL)).isEqualTo(3);
    }

    @Test
    void anErrorIsNoResultAndIsThrownAsItIs() throws Exception {
        var error = new StackOverflowError();
        assertThatThrownBy(() ->
                        operations.once(
                                "a",
                                KILL,
                                () -> {
                                    throw error;
                                }))
                .isSameAs(error);
        assertThat(once("a", KILL)).isEqualTo(1);
    }

    @Test
    void whatIsAcknowledgedIsForgottenAndWhatIsUnknownIsNotMissed() throws Exception {
        once("a", KILL);
        once("b", KILL);
        operations.acknowledged(List.of("a", "never heard of", "a"));
        assertThat(once("a", KILL)).isEqualTo(3);
        assertThat(once("b", KILL)).isEqualTo(2);
    }

    @Test
    void whatNobodyAcknowledgesIsForgottenWhenThereIsMuchOfIt() throws Exception {
        once("oldest", KILL);
        for (int i = 0; i < Operations.MOST; i++) {
            once("later " + i, KILL);
        }
        assertThat(once("later 0", KILL)).isEqualTo(2);
        assertThat(once("oldest", KILL)).isEqualTo(Operations.MOST + 2);
    }

    @Test
    void withAContainerGoesWhatWasDoneToItButNotItsDelete() throws Exception {
        once("make", new Change("Create", "c", ""));
        once("add", new Change("Exec", "c", "e"));
        once("another's", new Change("Create", "d", ""));
        assertThat(delete("delete the exec", new Change("Delete", "c", "e"))).isEqualTo(4);
        assertThat(once("add", new Change("Exec", "c", "e"))).isEqualTo(5);
        assertThat(once("make", new Change("Create", "c", ""))).isEqualTo(1);

        assertThat(delete("delete", DELETE)).isEqualTo(6);
        assertThat(once("make", new Change("Create", "c", ""))).isEqualTo(7);
        assertThat(delete("delete", DELETE)).isEqualTo(6);
        assertThat(once("another's", new Change("Create", "d", ""))).isEqualTo(3);
    }

    @Test
    void withADeleteThatFindsNothingGoesWhatWasRefusedBefore() throws Exception {
        assertThatThrownBy(
                        () -> fail("make", () -> new SandboxException.AlreadyExists("it is taken")))
                .isInstanceOf(SandboxException.AlreadyExists.class);
        assertThatThrownBy(() ->
                        operations.last(
                                "delete",
                                DELETE,
                                () -> {
                                    throw new SandboxException.NotFound("there is none");
                                }))
                .isInstanceOf(SandboxException.NotFound.class);
        assertThat(once("make", KILL)).isEqualTo(2);
    }

    private int once(String id, Change change) throws Exception {
        return operations.once(id, change, carriedOut::incrementAndGet);
    }

    private int delete(String id, Change change) throws Exception {
        return operations.last(id, change, carriedOut::incrementAndGet);
    }

    private void fail(String id, Supplier<SandboxException> failure) throws Exception {
        operations.once(
                id,
                KILL,
                () -> {
                    carriedOut.incrementAndGet();
                    throw failure.get();
                });
    }

    private FutureTask<Integer> aside(Supplier<Integer> work) {
        var task = new FutureTask<>(() -> operations.once("a", KILL, work::get));
        Thread.ofVirtual().name("asks").start(task);
        return task;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
