// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The latest figures of one object, so that a guest that does not answer holds up nobody.
 * containerd asks every second, without a deadline and one object after another: whoever made it
 * wait would stop the statistics of the whole node.
 *
 * <p>Nothing is measured while nobody asks. A question after the sample has aged starts one
 * measurement, waits for it a short while and is answered from the old sample if it is not done
 * then.
 */
final class SampleCache {
    private final String owner;
    private final Supplier<Statistics> source;
    private final Duration freshFor;
    private final Duration patience;
    private volatile @Nullable Sample latest;
    private @Nullable CompletableFuture<Sample> measuring;

    /**
     * @param owner whose figures: {@code container "x"}
     * @param source measures; may block
     * @param freshFor how long a sample is as good as a new one
     * @param patience how long a question waits for a new sample
     */
    SampleCache(String owner, Supplier<Statistics> source, Duration freshFor, Duration patience) {
        this.owner = owner;
        this.source = source;
        this.freshFor = freshFor;
        this.patience = patience;
    }

    /**
     * The latest figures.
     *
     * @throws SandboxException.Unavailable while there are none
     */
    Statistics get() {
        Sample known = latest;
        if (known != null && System.nanoTime() - known.takenNanos() < freshFor.toNanos()) {
            return known.statistics();
        }
        try {
            return measure().get(patience.toMillis(), TimeUnit.MILLISECONDS).statistics();
        } catch (ExecutionException | TimeoutException e) {
            return agedOrRefused(known, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("the measurement of " + owner + " was cancelled");
        }
    }

    private Statistics agedOrRefused(@Nullable Sample known, Exception reason) {
        if (known == null) {
            throw new SandboxException.Unavailable(
                    "there are no figures of " + owner + " yet", reason);
        }
        return known.statistics();
    }

    private synchronized CompletableFuture<Sample> measure() {
        if (measuring != null) {
            return measuring;
        }
        var started = new CompletableFuture<Sample>();
        measuring = started;
        Thread.ofVirtual().name("measure " + owner).start(() -> measureInto(started));
        return started;
    }

    private void measureInto(CompletableFuture<Sample> result) {
        try {
            var sample = new Sample(source.get(), System.nanoTime());
            latest = sample;
            done();
            result.complete(sample);
        } catch (Throwable e) {
            // An error, too: or every later question would wait for this measurement.
            done();
            result.completeExceptionally(e);
        }
    }

    private synchronized void done() {
        measuring = null;
    }

    private record Sample(Statistics statistics, long takenNanos) {}
}
