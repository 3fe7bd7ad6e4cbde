// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a module's bytes.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ModuleDigest(String hex) {
    /** The digest of a module. */
    public static ModuleDigest of(byte[] binary) {
        return new ModuleDigest(HexFormat.of().formatHex(sha256().digest(binary)));
    }

    /** What takes it, of bytes that come in parts. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "sha256:" + hex;
    }
}
