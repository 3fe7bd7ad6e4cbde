// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which sandbox a container is for. A Task.Create does not say; containerd writes it into the file
 * {@code sandbox} of the bundle (ShimManager.Start).
 */
final class BundleSandbox {
    private static final String FILE = "sandbox";
    private static final int MAXIMUM_BYTES = 256;

    private BundleSandbox() {}

    /**
     * Reads the sandbox's id.
     *
     * @throws SandboxException.InvalidArgument if the bundle has no such file
     */
    static SandboxId read(Path bundle) {
        Path file = bundle.resolve(FILE);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAXIMUM_BYTES);
            return new SandboxId(new String(content, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new SandboxException.InvalidArgument(
                    "cannot tell the sandbox of bundle %s: its file \"%s\" can't be read"
                            .formatted(bundle, FILE),
                    e);
        }
    }
}
