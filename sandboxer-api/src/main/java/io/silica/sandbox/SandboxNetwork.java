// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.nio.file.Path;

/** The network that a sandbox lives in. */
public sealed interface SandboxNetwork {
    /** The host's own (a pod with hostNetwork). */
    record Host() implements SandboxNetwork {}

    /**
     * A network namespace that containerd made and that CNI has furnished.
     *
     * @param path where the namespace is bound; it must not be held once the sandbox has stopped
     */
    record Namespace(Path path) implements SandboxNetwork {}
}
