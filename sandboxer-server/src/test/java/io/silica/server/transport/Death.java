// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The end of a daemon at one moment of many. From then on it may say what it likes: nobody writes
 * it down.
 */
final class Death {
    private final Moment moment;
    private final AtomicInteger left;
    private final CompletableFuture<Void> dead = new CompletableFuture<>();

    /** Between which two steps. */
    enum Moment {
        PEEKED,
        APPENDED,
        CONSUMED,
        MARKED,
        BEGUN,
        SENT,
        FORGOTTEN,
        SENT_IN_PART,
        NEVER
    }

    /** What the living find out when they go on. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1L;

        Died() {
            super("expected by the test", null, false, false);
        }
    }

    /**
     * @param times how often the moment comes
     */
    Death(Moment moment, int times) {
        this.moment = moment;
        this.left = new AtomicInteger(times);
    }

    boolean hasCome() {
        return dead.isDone();
    }

    /** Done when it has come. */
    CompletableFuture<Void> coming() {
        return dead;
    }

    /** It comes now. */
    void come() {
        dead.complete(null);
    }

    /** A moment has come. Returns whether life goes on. */
    boolean passes(Moment now) {
        if (now == moment && left.decrementAndGet() == 0) {
            come();
        }
        return !hasCome();
    }

    /** As the other, and ends what asks. */
    void at(Moment now) {
        if (!passes(now)) {
            throw new Died();
        }
    }
}
