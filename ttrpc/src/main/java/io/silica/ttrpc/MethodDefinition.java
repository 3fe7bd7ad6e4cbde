// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/** How a method is answered. */
sealed interface MethodDefinition {
    record Unary<Q extends MessageLite, R extends MessageLite>(
            Parser<Q> requests, UnaryHandler<Q, R> handler, Dispatch dispatch)
            implements MethodDefinition {}

    record Held<Q extends MessageLite, R extends MessageLite>(
            Parser<Q> requests, HeldHandler<Q, R> handler) implements MethodDefinition {}

    record Refused(TtrpcStatus status, boolean ends) implements MethodDefinition {}
}
