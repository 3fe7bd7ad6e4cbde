// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.OwnFiles;
import io.silica.sandbox.SandboxException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads what an earlier life of the daemon wrote down: a file that is damaged is told by name. */
final class KeptFile {
    private static final JsonMapper JSON = JsonMapper.shared();

    private KeptFile() {}

    /**
     * Its content, if it is there.
     *
     * @throws SandboxException.Failed if it cannot be read
     */
    static Optional<byte[]> read(Path file) {
        try {
            return OwnFiles.read(file);
        } catch (UncheckedIOException e) {
            throw new SandboxException.Failed("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The JSON object in it, if it is there.
     *
     * @throws SandboxException.Failed if it is something else
     */
    static Optional<ObjectNode> object(Path file) {
        return read(file).map(it -> object(file, it));
    }

    private static ObjectNode object(Path file, byte[] content) {
        try {
            if (JSON.readTree(content) instanceof ObjectNode object) {
                return object;
            }
            throw new SandboxException.Failed(file + " makes no sense: it is no JSON object");
        } catch (JacksonException e) {
            throw new SandboxException.Failed(
                    file + " makes no sense: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The same where it has to be there.
     *
     * @throws SandboxException.Failed if it is missing, too
     */
    static ObjectNode required(Path file) {
        return object(file).orElseThrow(() -> new SandboxException.Failed("there is no " + file));
    }
}
