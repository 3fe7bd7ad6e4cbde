// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.io.IOException;

/**
 * The peer does not speak ttrpc: there is no way to find the next frame, so the connection has to
 * be closed.
 */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what came instead of a frame. */
    public ProtocolException(String message) {
        super(message);
    }
}
