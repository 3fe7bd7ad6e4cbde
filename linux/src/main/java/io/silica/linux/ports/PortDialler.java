// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import java.io.IOException;

/** Finds who listens at a port within a pod. Any thread may call. */
@FunctionalInterface
public interface PortDialler {
    /**
     * Dials a port.
     *
     * @return the server's end, which the caller closes. Where nobody listens, it may have ended
     *     already
     * @throws IOException if there is no way to the pod
     */
    PortEnd dial(int port) throws IOException, InterruptedException;
}
