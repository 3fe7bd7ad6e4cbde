// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ExitTest {
    private static final ExitStatus FIRST = new ExitStatus(3, Instant.EPOCH);
    private static final ExitStatus SECOND = new ExitStatus(4, Instant.EPOCH);

    private final Exit exit = new Exit();

    @Test
    void theFirstEndStays() {
        assertThat(exit.complete(FIRST)).isTrue();
        assertThat(exit.complete(SECOND)).isFalse();
        assertThat(exit.status()).contains(FIRST);
    }

    @Test
    void aListenerHearsItOnceWheneverItCame() {
        List<ExitStatus> heard = new ArrayList<>();
        exit.onExit(heard::add);
        exit.complete(FIRST);
        exit.complete(SECOND);
        exit.onExit(heard::add);
        assertThat(heard).containsExactly(FIRST, FIRST);
    }

    @Test
    void aListenerThatWasTakenBackHearsNothing() {
        List<ExitStatus> heard = new ArrayList<>();
        exit.onExit(heard::add).close();
        exit.complete(FIRST);
        assertThat(heard).isEmpty();
    }

    @Test
    void aThousandWaitersHearTheSame() throws InterruptedException {
        var heard = new ConcurrentLinkedQueue<ExitStatus>();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiters.add(Thread.ofVirtual().name("waiter-" + i).start(() -> heard.add(awaited())));
        }
        exit.complete(FIRST);
        for (Thread waiter : waiters) {
            waiter.join();
        }
        assertThat(heard).hasSize(1_000).containsOnly(FIRST);
    }

    private ExitStatus awaited() {
        try {
            return exit.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
