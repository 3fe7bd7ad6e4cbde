// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import org.jspecify.annotations.Nullable;

/**
 * A pod or container file cannot be used. The message names the file, and the field where it is
 * about one.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
