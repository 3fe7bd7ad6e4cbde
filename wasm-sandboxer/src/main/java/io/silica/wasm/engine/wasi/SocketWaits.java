// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.sandbox.Undo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The sockets that one {@code poll_oneoff} waits for. */
final class SocketWaits {
    private final List<Wait> waits = new ArrayList<>();
    private final Map<GuestSocket, Integer> events = new LinkedHashMap<>();

    private record Wait(long userData, int type, GuestSocket socket, int events) {}

    boolean isEmpty() {
        return waits.isEmpty();
    }

    /**
     * One more.
     *
     * @param type the {@code eventtype} for the guest
     * @param wanted a constant of {@link Epoll}
     */
    void add(long userData, int type, GuestSocket socket, int wanted) {
        waits.add(new Wait(userData, type, socket, wanted));
        events.merge(socket, wanted, (a, b) -> a | b);
    }

    /** Tells of those at which there is something to do, if only to hear of an error. */
    void addReady(List<Polling.Event> ready) {
        for (var wait : waits) {
            if (wait.socket().descriptor().isReady(wait.events())) {
                ready.add(new Polling.Event(wait.userData(), wait.type(), WasiErrno.SUCCESS, 1));
            }
        }
    }

    /** Returns when one of them may be ready, or the time is over. */
    void await(long nanos) throws InterruptedException {
        var ready = new CountDownLatch(1);
        try (var watches = new Undo()) {
            events.forEach(
                    (socket, wanted) -> watches.owns(watch(socket, wanted, ready::countDown)));
            ready.await(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Poller.Watch watch(GuestSocket socket, int wanted, Runnable onReady) {
        return socket.poller.watch(socket.descriptor(), wanted, onReady);
    }
}
