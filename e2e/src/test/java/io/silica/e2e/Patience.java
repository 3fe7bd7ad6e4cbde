// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.grpc.Status;
import io.silica.ctl.cri.CriException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Makes calls again, as a kubelet does, while containerd or its sandboxer is not there. */
final class Patience {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Runnable again;

    Patience() {
        this(() -> {});
    }

    /**
     * @param again is told of each call that is made again
     */
    Patience(Runnable again) {
        this.again = again;
    }

    /** The answer of the first call that got one. */
    <T> T get(Supplier<T> call) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return call.get();
            } catch (CriException e) {
                if (!isAbsence(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                again.run();
            }
            pause();
        }
    }

    void run(Runnable call) {
        var _ =
                get(() -> {
                    call.run();
                    return true;
                });
    }

    /**
     * A connection that ends while a call is being written has no status of its own; a daemon that
     * takes more than two seconds to come back has containerd give up a question.
     */
    private static boolean isAbsence(CriException e) {
        return e.code() == Status.Code.UNAVAILABLE
                || e.code() == Status.Code.DEADLINE_EXCEEDED
                || (e.code() == Status.Code.UNKNOWN && e.getMessage().endsWith("channel closed"));
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
