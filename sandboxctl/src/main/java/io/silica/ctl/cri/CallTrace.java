// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Says each call when it has ended: its name, how long it took, and how it failed if it did. A call
 * that is repeated, as one that waits for a state is, is said once.
 */
public final class CallTrace implements ClientInterceptor {
    private final Consumer<String> lines;
    private final AtomicReference<String> last = new AtomicReference<>("");

    /**
     * @param lines called by any thread
     */
    public CallTrace(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        String name = Objects.requireNonNull(method.getBareMethodName());
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(new Ending<>(listener, name, System.nanoTime()), headers);
            }
        };
    }

    private void ended(String name, Status status, long nanos) {
        String line = name + (status.isOk() ? "" : " " + status.getCode());
        if (!last.getAndSet(line).equals(line)) {
            lines.accept("%s, %d ms".formatted(line, TimeUnit.NANOSECONDS.toMillis(nanos)));
        }
    }

    private final class Ending<R> extends SimpleForwardingClientCallListener<R> {
        private final String name;
        private final long begun;

        Ending(ClientCall.Listener<R> listener, String name, long begun) {
            super(listener);
            this.name = name;
            this.begun = begun;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended(name, status, System.nanoTime() - begun);
            super.onClose(status, trailers);
        }
    }
}
