// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;

/**
 * A mount as containerd or an OCI specification asks for it.
 *
 * @param type file system type, or {@code bind}
 * @param source device, directory or file on the host; empty where the type needs none
 * @param destination absolute path inside the container; empty for the root file system
 * @param options as {@code mount -o} has them
 */
public record MountSpec(String type, String source, String destination, List<String> options) {
    public MountSpec {
        options = List.copyOf(options);
    }

    /** Whether an existing file or directory of the host is shown. */
    public boolean isBind() {
        return type.equals("bind") || options.contains("bind") || options.contains("rbind");
    }

    /** Whether it is asked for without a right to write. */
    public boolean isReadOnly() {
        return options.contains("ro");
    }
}
