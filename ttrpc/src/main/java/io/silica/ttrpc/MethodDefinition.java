// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.jspecify.annotations.Nullable;

/** How a method is answered. */
sealed interface MethodDefinition {
    /** What the flags of a request say against this method or each other; null if nothing. */
    @Nullable String contradiction(CallOrigin origin);

    record Unary<Q extends MessageLite, R extends MessageLite>(
            Parser<Q> requests, UnaryHandler<Q, R> handler, Dispatch dispatch)
            implements MethodDefinition {
        @Override
        public @Nullable String contradiction(CallOrigin origin) {
            return onlyOne(origin);
        }
    }

    record Held<Q extends MessageLite, R extends MessageLite>(
            Parser<Q> requests, HeldHandler<Q, R> handler) implements MethodDefinition {
        @Override
        public @Nullable String contradiction(CallOrigin origin) {
            return onlyOne(origin);
        }
    }

    /**
     * A method with a stream of requests, of responses, or both.
     *
     * @param clientStreams whether there may be several requests
     */
    record Streaming<Q extends MessageLite, R extends MessageLite>(
            Parser<Q> requests, boolean clientStreams, Body<Q, R> body)
            implements MethodDefinition {
        @Override
        public @Nullable String contradiction(CallOrigin origin) {
            boolean opens = origin.has(Frame.REMOTE_OPEN);
            if (opens == origin.has(Frame.REMOTE_CLOSED)) {
                return opens
                        ? "a request cannot both open and close its stream"
                        : "the method is a stream, and was called as if it were none";
            }
            return clientStreams ? null : onlyOne(origin);
        }
    }

    record Refused(TtrpcStatus status, boolean ends) implements MethodDefinition {
        @Override
        public @Nullable String contradiction(CallOrigin origin) {
            return null;
        }
    }

    /** What a streaming method does with its stream, from its beginning to its end. */
    @FunctionalInterface
    interface Body<Q extends MessageLite, R extends MessageLite> {
        void run(ServerStream<Q, R> stream) throws Exception;
    }

    private static @Nullable String onlyOne(CallOrigin origin) {
        return origin.has(Frame.REMOTE_OPEN)
                ? "the method takes one request, and more were announced"
                : null;
    }
}
