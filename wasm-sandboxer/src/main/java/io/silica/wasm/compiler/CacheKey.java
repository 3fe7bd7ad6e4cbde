// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.wasm.engine.ModuleDigest;
import java.util.regex.Pattern;

/**
 * What a compiled module depends on, as a digest of all of it.
 *
 * @param hex 64 lower-case hexadecimal digits, which are also the name of its file
 */
record CacheKey(String hex) {
    /** Counts up when what is compiled becomes another by a change of ours. */
    private static final String FORM = "1";

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    CacheKey {
        if (!isOne(hex)) {
            throw new IllegalArgumentException("not a digest: " + hex);
        }
    }

    /**
     * That of a module.
     *
     * @param engine which engine and which build of it
     * @param machine what it compiles for
     */
    static CacheKey of(ModuleDigest module, String engine, String machine) {
        var all = String.join("\n", FORM, module.hex(), engine, machine);
        return new CacheKey(ModuleDigest.of(all.getBytes(UTF_8)).hex());
    }

    /** Whether the name of a file can be one. */
    static boolean isOne(String name) {
        return HEX.matcher(name).matches();
    }
}
