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
        // Its connection may come, or have come, to its end when nobody hears of it here.
        context.onCancel(() -> answered(call));
        return operation;
    }

    private Operation operation(Call call) {
        return new Operation(
                epoch + '.' + call.connection() + '.' + Integer.toUnsignedString(call.streamId()));
    }

    /** A call's whole answer is on its way: no life begins it again. */
    public void answered(ConnectionId connection, int streamId) {
        answered(new Call(connection, streamId));
    }

    private void answered(Call call) {
        var operation = open.remove(call);
        if (operation != null) {
            operation.answered();
        }
    }

    /** A connection has come to its end: nothing that came by it is begun again. */
    public void ended(ConnectionId connection) {
        open.keySet().stream()
                .filter(it -> it.connection().equals(connection))
                .forEach(this::answered);
    }
}
