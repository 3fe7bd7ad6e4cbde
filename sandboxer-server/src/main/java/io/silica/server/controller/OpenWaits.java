// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The Waits that are held open. containerd takes any other failure of one than Unavailable for the
 * end of the sandbox, so a daemon that ends says that before its connections go. Safe for use by
 * any thread.
 */
final class OpenWaits {
    private final Set<OpenWait<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** Answers when the exit is known, or when the daemon ends. */
    <R> void hold(Exit exit, ServerCallStreamObserver<R> observer, Function<ExitStatus, R> answer) {
        var wait = new OpenWait<>(observer);
        open.add(wait);
        Exit.Registration registration =
                exit.onExit(status -> {
                    open.remove(wait);
                    wait.answer(answer.apply(status));
                });
        observer.setOnCancelHandler(() -> {
            open.remove(wait);
            registration.close();
        });
        if (ended) {
            wait.end();
        }
    }

    /** Answers all with Unavailable, and those that still come. */
    void end() {
        ended = true;
        open.forEach(OpenWait::end);
    }

    /** Is answered once. */
    private record OpenWait<R>(ServerCallStreamObserver<R> observer, AtomicBoolean answered) {
        OpenWait(ServerCallStreamObserver<R> observer) {
            this(observer, new AtomicBoolean());
        }

        void answer(R response) {
            if (answered.compareAndSet(false, true)) {
                observer.onNext(response);
                observer.onCompleted();
            }
        }

        void end() {
            if (answered.compareAndSet(false, true)) {
                observer.onError(
                        Status.UNAVAILABLE
                                .withDescription("the daemon is ending; the sandbox lives on")
                                .asRuntimeException());
            }
        }
    }
}
