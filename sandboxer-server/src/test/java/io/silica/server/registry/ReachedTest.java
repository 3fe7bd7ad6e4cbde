// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReachedTest {
    @Test
    void whatIsAtHandIsGivenAtOnce() {
        Reached<String> reached = Reached.now("it");
        assertThat(reached.get()).isEqualTo("it");
        assertThat(reached.known()).contains("it");
        assertThat(reached.await()).isTrue();
    }

    @Test
    void whatDoesNotComeIsUnavailableInWords() {
        Reached<String> reached = Reached.later("sandbox \"s1\"", Duration.ofMillis(1));
        assertThat(reached.known()).isEmpty();
        assertThat(reached.await()).isFalse();
        assertThatThrownBy(reached::get)
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("sandbox \"s1\"");
    }

    @Test
    void whoWaitsIsAnsweredWhenItComes() {
        Reached<String> reached = Reached.later("it", Duration.ofMinutes(1));
        var waiting = CompletableFuture.supplyAsync(reached::get);
        reached.is("first");
        reached.is("second");
        assertThat(waiting).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("first");
    }

    @Test
    void whoIsInterruptedWaitsNoLonger() throws InterruptedException {
        Reached<String> reached = Reached.later("it", Duration.ofMinutes(1));
        var failure = new CompletableFuture<Throwable>();
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                reached.get();
                            } catch (SandboxException e) {
                                failure.complete(e);
                            }
                        });
        waiting.interrupt();
        waiting.join();
        assertThat(failure.join()).isInstanceOf(SandboxException.Cancelled.class);
    }
}
