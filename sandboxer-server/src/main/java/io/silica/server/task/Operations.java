// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import io.silica.sandbox.Operation;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.ConnectionId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The changes that clients have asked for and not had answered. A call has the same connection and
 * the same number on it in every life of the daemon that works on it, and so its {@link Operation}
 * has the same id. Thread safe; nothing here blocks.
 */
public final class Operations {
    private final String epoch;
    private final Map<Call, Operation> open = new ConcurrentHashMap<>();

    private record Call(ConnectionId connection, int streamId) {}

    /**
     * @param epoch the same for as long as connections keep their names, and then another
     */
    public Operations(String epoch) {
        this.epoch = epoch;
    }

    /** What a call asks for. */
    Operation of(CallContext context) {
        var call = new Call(context.connection(), context.streamId());
        var operation = open.computeIfAbsent(call, this::operation);
        // Its connection may have come to its end before it was known here.
        if (context.cancellation().isPresent()) {
            open.remove(call, operation);
        }
        return operation;
    }

    private Operation operation(Call call) {
        return new Operation(
                "%s.%s.%s"
                        .formatted(
                                epoch,
                                call.connection(),
                                Integer.toUnsignedString(call.streamId())));
    }

    /** A call's whole answer is on its way: no life begins it again. */
    public void answered(ConnectionId connection, int streamId) {
        var operation = open.remove(new Call(connection, streamId));
        if (operation != null) {
            operation.answered();
        }
    }

    /** A connection has come to its end: nothing that came by it is begun again. */
    public void ended(ConnectionId connection) {
        open.keySet().stream()
                .filter(it -> it.connection().equals(connection))
                .forEach(it -> answered(connection, it.streamId()));
    }
}
