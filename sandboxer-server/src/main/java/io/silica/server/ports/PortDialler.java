// SPDX-License-Identifier: Apache-2.0
package io.silica.server.ports;

import io.silica.sandbox.SandboxException;

/** Finds who listens at a port within a pod. Any thread may call. */
@FunctionalInterface
public interface PortDialler {
    /**
     * Dials a port.
     *
     * @return the server's end, which the caller closes. Where nobody listens, it may have ended
     *     already
     * @throws SandboxException if there is no way to the pod
     */
    PortEnd dial(int port) throws InterruptedException;
}
