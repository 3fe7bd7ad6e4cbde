// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection to the streaming server failed. The message says at what and why. */
public final class StreamingException extends IOException {
    private static final long serialVersionUID = 1L;

    StreamingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
