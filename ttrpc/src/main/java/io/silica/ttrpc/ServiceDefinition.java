// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A service under its full name, and how each of its methods is answered. Immutable.
 *
 * {@snippet :
 * ServiceDefinition.named("containerd.task.v3.Task")
 *         .unary("State", StateRequest.parser(), tasks::state, Dispatch.NON_BLOCKING)
 *         .unary("Create", CreateTaskRequest.parser(), tasks::create, Dispatch.BLOCKING)
 *         .held("Wait", WaitRequest.parser(), tasks::await)
 *         .serverStreaming("Events", EventsRequest.parser(), tasks::events)
 *         .build();
 * }
 */
public final class ServiceDefinition {
    private final String name;
    private final Map<String, MethodDefinition> methods;

    private ServiceDefinition(String name, Map<String, MethodDefinition> methods) {
        this.name = name;
        this.methods = Map.copyOf(methods);
    }

    /** Begins the definition of the service with this full name, as on the wire. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The full name. */
    public String name() {
        return name;
    }

    Optional<MethodDefinition> method(String method) {
        return Optional.ofNullable(methods.get(method));
    }

    /** Collects methods; a name may be given once. */
    public static final class Builder {
        private final String name;
        private final Map<String, MethodDefinition> methods = new HashMap<>();

        private Builder(String name) {
            this.name = name;
        }

        /** A method with one request and one response. */
        public <Q extends MessageLite, R extends MessageLite> Builder unary(
                String method, Parser<Q> requests, UnaryHandler<Q, R> handler, Dispatch dispatch) {
            return add(method, new MethodDefinition.Unary<>(requests, handler, dispatch));
        }

        /** A method whose response may come much later, from any thread. */
        public <Q extends MessageLite, R extends MessageLite> Builder held(
                String method, Parser<Q> requests, HeldHandler<Q, R> handler) {
            return add(method, new MethodDefinition.Held<>(requests, handler));
        }

        /** A method with one request and any number of responses. */
        public <Q extends MessageLite, R extends MessageLite> Builder serverStreaming(
                String method, Parser<Q> requests, ServerStreamingHandler<Q, R> handler) {
            return this.<Q, R>addStreaming(
                    method,
                    requests,
                    false,
                    stream -> {
                        handler.handle(stream.onlyRequest(), stream.context(), stream);
                        stream.complete();
                    });
        }

        /** A method with any number of requests and one response. */
        public <Q extends MessageLite, R extends MessageLite> Builder clientStreaming(
                String method, Parser<Q> requests, ClientStreamingHandler<Q, R> handler) {
            return this.<Q, R>addStreaming(
                    method,
                    requests,
                    true,
                    stream -> stream.complete(handler.handle(stream, stream.context())));
        }

        /** A method with any number of requests and of responses, in any order. */
        public <Q extends MessageLite, R extends MessageLite> Builder bidirectional(
                String method, Parser<Q> requests, BidirectionalHandler<Q, R> handler) {
            return this.<Q, R>addStreaming(
                    method,
                    requests,
                    true,
                    stream -> {
                        handler.handle(stream, stream.context(), stream);
                        stream.complete();
                    });
        }

        /** A method, streaming or not, that every call to is refused with the same words. */
        public Builder refused(String method, TtrpcStatus status) {
            return add(method, new MethodDefinition.Refused(status.asException().status(), false));
        }

        /**
         * The same, and with the answer the connection is over: for a method for which clients make
         * a connection of its own, and keep it if the call fails.
         */
        public Builder refusedForGood(String method, TtrpcStatus status) {
            return add(method, new MethodDefinition.Refused(status.asException().status(), true));
        }

        /** The definition of what was collected. */
        public ServiceDefinition build() {
            return new ServiceDefinition(name, methods);
        }

        private <Q extends MessageLite, R extends MessageLite> Builder addStreaming(
                String method,
                Parser<Q> requests,
                boolean clientStreams,
                MethodDefinition.Body<Q, R> body) {
            return add(method, new MethodDefinition.Streaming<>(requests, clientStreams, body));
        }

        private Builder add(String method, MethodDefinition definition) {
            if (methods.putIfAbsent(method, definition) != null) {
                throw new IllegalArgumentException(
                        "method %s/%s is defined twice".formatted(name, method));
            }
            return this;
        }
    }
}
