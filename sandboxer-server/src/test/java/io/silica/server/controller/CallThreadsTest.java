// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallThreadsTest {
    private final Readiness readiness = new Readiness();
    private final CallThreads threads =
            new CallThreads(work -> Thread.ofVirtual().name("call").start(work), readiness);

    @Test
    void whatNeverBlocksIsAnsweredWhereItWasRead() throws Exception {
        readiness.reached();

        assertThat(threadOf(threads::begin)).isEqualTo(Thread.currentThread());
        assertThat(threadOf(executor(ControllerGrpc.getStatusMethod())))
                .isEqualTo(Thread.currentThread());
    }

    @Test
    void whatCanBlockHasAThreadOfItsOwn() throws Exception {
        readiness.reached();

        assertThat(threadOf(executor(ControllerGrpc.getCreateMethod())).getName())
                .isEqualTo("call");
        assertThat(threadOf(executor(ControllerGrpc.getMetricsMethod())).getName())
                .isEqualTo("call");
    }

    @Test
    void untilTheDaemonIsReadyEveryCallWaitsOnAThreadOfItsOwn() throws Exception {
        var begun = thread(threads::begin);
        assertThat(begun).isNotDone();

        readiness.reached();

        assertThat(begun.get(10, TimeUnit.SECONDS).getName()).isEqualTo("call");
    }

    private Executor executor(MethodDescriptor<?, ?> method) {
        return threads.getExecutor(new Call<>(method), new Metadata());
    }

    private static Thread threadOf(Executor executor) throws Exception {
        return thread(executor).get(10, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Thread> thread(Executor executor) {
        var thread = new CompletableFuture<Thread>();
        executor.execute(() -> thread.complete(Thread.currentThread()));
        return thread;
    }

    /** Of a method, and otherwise nothing. */
    private static final class Call<Q, R> extends ServerCall<Q, R> {
        private final MethodDescriptor<Q, R> method;

        Call(MethodDescriptor<Q, R> method) {
            this.method = method;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method;
        }

        @Override
        public void request(int numMessages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(R message) {}

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
