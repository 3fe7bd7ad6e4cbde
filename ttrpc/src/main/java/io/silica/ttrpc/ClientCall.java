// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** A call of a client that has not ended, as the reader of its connection sees it. */
interface ClientCall {
    /**
     * A frame has come for it. The reader's thread, which may wait here for a moment.
     *
     * @return whether the call has ended with it
     */
    boolean received(Frame frame);

    /** The call has ended without an answer, or with one that is none. Must not block. */
    void failed(TtrpcException failure);
}
