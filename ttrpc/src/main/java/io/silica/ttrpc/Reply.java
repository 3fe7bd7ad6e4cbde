// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;

/**
 * The answer that a held call still owes. Any thread may give it; the first answer is sent, later
 * ones are dropped, and so is one that comes after the call was cancelled.
 *
 * @param <R> response
 */
public interface Reply<R extends MessageLite> {
    /**
     * Answers with a response.
     *
     * @return whether this answer was the first and somebody still waited
     */
    boolean complete(R response);

    /**
     * Answers with the status that the server's {@link ExceptionMapper} makes of {@code failure}.
     *
     * @return whether this answer was the first and somebody still waited
     */
    boolean fail(Throwable failure);
}
