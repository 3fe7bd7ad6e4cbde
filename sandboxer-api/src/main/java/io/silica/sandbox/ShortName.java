// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names that follow from longer ones, for places in which there is little room: the address of a
 * Unix socket has 107 bytes, and an identifier alone may have most of them.
 */
public final class ShortName {
    private ShortName() {}

    /**
     * The beginning of the SHA-256 of a text.
     *
     * @param length in hexadecimal digits, at most 64
     */
    public static String of(String text, int length) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, length);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
