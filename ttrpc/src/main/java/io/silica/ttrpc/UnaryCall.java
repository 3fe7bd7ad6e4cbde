// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.ttrpc.wire.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that waits for its one answer. */
final class UnaryCall implements ClientCall {
    private final CompletableFuture<Response> answer = new CompletableFuture<>();

    @Override
    public boolean received(Frame frame) {
        if (frame.type() != FrameType.RESPONSE) {
            var why = "a %s frame answered a unary call".formatted(frame.type());
            failed(new TtrpcException(StatusCode.INTERNAL, why));
            return true;
        }
        try {
            answer.complete(Response.parseFrom(frame.payload()));
        } catch (InvalidProtocolBufferException e) {
            failed(Answers.malformed("the response", e));
        }
        return true;
    }

    @Override
    public void failed(TtrpcException failure) {
        answer.completeExceptionally(failure);
    }

    /**
     * Waits for the answer.
     *
     * @throws TtrpcException if it is a failure, or cannot be read
     */
    <R extends MessageLite> R await(Deadline deadline, Parser<R> responses)
            throws InterruptedException, TimeoutException {
        try {
            var response = answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            Answers.throwFailure(response);
            return Answers.message(response.getPayload(), responses);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TtrpcException known
                    ? new TtrpcException(known.status(), known)
                    : new IllegalStateException(e);
        }
    }
}
