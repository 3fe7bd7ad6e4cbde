// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.sandbox.Exit;

/**
 * A sandbox that runs: its process, and the task service that this serves. Closing it lets go of
 * both; they live on.
 */
record QuarkPod(SandboxProcess process, TaskSocket socket) implements AutoCloseable {
    /** The end of it, with the status that everything in it has by that. */
    Exit death() {
        return process.death();
    }

    @Override
    public void close() {
        socket.close();
        process.close();
    }
}
