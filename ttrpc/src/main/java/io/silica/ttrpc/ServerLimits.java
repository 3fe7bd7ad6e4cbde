// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * What one connection may have of a server.
 *
 * @param runningCalls blocking calls at a time; further requests stay unread until one ends
 * @param heldCalls held calls at a time; further ones are answered RESOURCE_EXHAUSTED, for to stop
 *     reading could keep back the very call that ends a held one
 * @param requestBytes request payloads of unanswered calls; blocking calls beyond stay unread, held
 *     ones are refused
 * @param metadataEntries metadata pairs of one request; more are answered RESOURCE_EXHAUSTED
 * @param unsentBytes answers that the peer has not taken; nothing is read from it while there are
 *     more
 * @param openStreams streaming calls at a time; further ones are answered RESOURCE_EXHAUSTED
 * @param stream what each of them may have
 */
public record ServerLimits(
        int runningCalls,
        int heldCalls,
        int requestBytes,
        int metadataEntries,
        int unsentBytes,
        int openStreams,
        StreamLimits stream) {
    /** Checked to leave room for a call. */
    public ServerLimits {
        if (Math.min(runningCalls, heldCalls) < 1
                || Math.min(requestBytes, unsentBytes) < 1
                || openStreams < 1
                || metadataEntries < 0) {
            throw new IllegalArgumentException("a limit is not positive");
        }
    }

    /** What suits a trusted peer on the same machine: megabytes, hundreds of calls. */
    public static ServerLimits standard() {
        return new ServerLimits(256, 16_384, 16 << 20, 1024, 1 << 20, 256, StreamLimits.standard());
    }

    /** These limits with so many {@link #runningCalls}. */
    public ServerLimits withRunningCalls(int calls) {
        return new ServerLimits(
                calls, heldCalls, requestBytes, metadataEntries, unsentBytes, openStreams, stream);
    }

    /** These limits with so many {@link #heldCalls}. */
    public ServerLimits withHeldCalls(int calls) {
        return new ServerLimits(
                runningCalls,
                calls,
                requestBytes,
                metadataEntries,
                unsentBytes,
                openStreams,
                stream);
    }

    /** These limits with so many {@link #unsentBytes}. */
    public ServerLimits withUnsentBytes(int bytes) {
        return new ServerLimits(
                runningCalls, heldCalls, requestBytes, metadataEntries, bytes, openStreams, stream);
    }

    /** These limits with so many {@link #openStreams}, and these for each. */
    public ServerLimits withStreams(int streams, StreamLimits each) {
        return new ServerLimits(
                runningCalls, heldCalls, requestBytes, metadataEntries, unsentBytes, streams, each);
    }
}
