// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SampleCacheTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AtomicInteger measured = new AtomicInteger();

    @Test
    void aFreshSampleIsNotMeasuredAgain() {
        SampleCache cache = cache(this::measure, LONG, LONG);
        assertThat(cache.get()).isEqualTo(cache.get());
        assertThat(measured).hasValue(1);
    }

    @Test
    void anAgedSampleIsMeasuredAgain() {
        SampleCache cache = cache(this::measure, Duration.ZERO, LONG);
        cache.get();
        assertThat(cache.get().cpuNanos()).isEqualTo(2);
    }

    @Test
    void nothingIsMeasuredWhileNobodyAsks() {
        cache(this::measure, Duration.ZERO, LONG);
        assertThat(measured).hasValue(0);
    }

    @Test
    void aSourceThatNeverAnswersMakesItUnavailableAndIsAskedOnce() {
        var gate = new CountDownLatch(1);
        SampleCache cache = cache(() -> held(gate), Duration.ZERO, SHORT);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(cache::get)
                    .isInstanceOf(SandboxException.Unavailable.class)
                    .hasMessageContaining("container \"c\"");
        }
        assertThat(measured).hasValue(1);
        gate.countDown();
    }

    @Test
    void aSourceThatFallsSilentIsAnsweredFromTheLastSample() {
        var gate = new CountDownLatch(1);
        Supplier<Statistics> source = () -> measured.get() == 0 ? measure() : held(gate);
        SampleCache cache = cache(source, Duration.ZERO, Duration.ofMillis(100));
        Statistics first = cache.get();
        assertThat(cache.get()).isEqualTo(first);
        gate.countDown();
    }

    @Test
    void aSourceThatFailsMakesItUnavailableAndIsAskedAgain() {
        Supplier<Statistics> source =
                () -> {
                    if (measured.getAndIncrement() == 0) {
                        throw new IllegalStateException("broken");
                    }
                    return measure();
                };
        SampleCache cache = cache(source, Duration.ZERO, LONG);
        assertThatThrownBy(cache::get).isInstanceOf(SandboxException.Unavailable.class);
        assertThat(cache.get().cpuNanos()).isPositive();
    }

    private static SampleCache cache(
            Supplier<Statistics> source, Duration freshFor, Duration patience) {
        return new SampleCache("container \"c\"", source, freshFor, patience);
    }

    private Statistics held(CountDownLatch gate) {
        Statistics sample = measure();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return sample;
    }

    private Statistics measure() {
        return new Statistics(Instant.EPOCH, measured.incrementAndGet(), 0, 0, 0, 0, 0);
    }
}
