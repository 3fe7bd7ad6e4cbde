// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.sandbox.ExitStatus;
import io.silica.server.wire.Timestamps;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What the shim stub answers when containerd 2.4 runs it with {@code delete} in the bundle: the
 * true exit status, left there by the daemon so that the stub needs nobody to ask.
 */
final class ExitFile {
    /** The file's name, which the stub knows too. */
    static final String NAME = "silica-exit.pb";

    private static final Logger LOGGER = System.getLogger(ExitFile.class.getName());

    private ExitFile() {}

    /** Leaves the status; a bundle that containerd has removed meanwhile needs none. */
    static void write(Path bundle, int pid, ExitStatus exit) {
        var response =
                DeleteResponse.newBuilder()
                        .setPid(pid)
                        .setExitStatus(exit.code())
                        .setExitedAt(Timestamps.of(exit.at()))
                        .build();
        try {
            Path whole = bundle.resolve(NAME + ".new");
            Files.write(whole, response.toByteArray());
            Files.move(whole, bundle.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "no exit status left in {0}: {1}", bundle, e.getMessage());
        }
    }
}
