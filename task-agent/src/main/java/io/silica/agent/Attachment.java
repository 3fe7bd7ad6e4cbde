// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import com.google.protobuf.MessageLite;
import io.silica.proto.guest.AttachRequest;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.BidirectionalHandler;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.HeldHandler;
import io.silica.ttrpc.UnaryHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Who may ask: the connection that said last whose daemon it is, and in which of its lives. */
final class Attachment {
    /** Of the contract. */
    static final int PROTOCOL_VERSION = 1;

    private final Pulse pulse;
    private @Nullable String sandboxId;
    private long session;
    private @Nullable ConnectionId attached;

    /**
     * @param pulse gets to know what the host promises
     */
    Attachment(Pulse pulse) {
        this.pulse = pulse;
    }

    /**
     * Makes a connection the one that may ask.
     *
     * @throws SandboxException.WrongState if it is of another sandbox, or of an earlier life
     * @throws SandboxException.Unsupported if it speaks another version
     */
    synchronized void attach(AttachRequest request, CallContext context) {
        if (request.getProtocolVersion() != PROTOCOL_VERSION) {
            throw new SandboxException.Unsupported(
                    "version " + request.getProtocolVersion() + " is spoken, and here only 1");
        }
        if (sandboxId != null && !sandboxId.equals(request.getSandboxId())) {
            throw new SandboxException.WrongState("this machine is of another sandbox");
        }
        if (Long.compareUnsigned(request.getSession(), session) < 0) {
            throw new SandboxException.WrongState(
                    "session %d is over, %d has begun".formatted(request.getSession(), session));
        }
        sandboxId = request.getSandboxId();
        session = request.getSession();
        attached = context.connection();
        var period = request.getHeartbeat();
        pulse.promised(Duration.ofSeconds(period.getSeconds(), period.getNanos()));
    }

    private synchronized void require(CallContext context) {
        if (!context.connection().equals(attached)) {
            throw new SandboxException.WrongState("nothing is served before Attach");
        }
    }

    /** The same method, for who is attached. */
    <Q extends MessageLite, R extends MessageLite> UnaryHandler<Q, R> then(
            UnaryHandler<Q, R> handler) {
        return (request, context) -> {
            require(context);
            return handler.handle(request, context);
        };
    }

    /** The same method, for who is attached. */
    <Q extends MessageLite, R extends MessageLite> HeldHandler<Q, R> thenHeld(
            HeldHandler<Q, R> handler) {
        return (request, context, reply) -> {
            require(context);
            handler.handle(request, context, reply);
        };
    }

    /** The same method, for who is attached. */
    <Q extends MessageLite, R extends MessageLite> BidirectionalHandler<Q, R> thenStream(
            BidirectionalHandler<Q, R> handler) {
        return (requests, context, responses) -> {
            require(context);
            handler.handle(requests, context, responses);
        };
    }
}
