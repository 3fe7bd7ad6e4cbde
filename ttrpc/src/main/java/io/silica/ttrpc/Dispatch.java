// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** Where a handler runs. */
public enum Dispatch {
    /**
     * On the thread that reads the connection; with an event loop that is the thread of all
     * connections. For what is answered from memory. Fastest by far: the hand-over to another
     * thread costs more than the call itself.
     */
    NON_BLOCKING,
    /** On a virtual thread of its own, named after the method. */
    BLOCKING
}
