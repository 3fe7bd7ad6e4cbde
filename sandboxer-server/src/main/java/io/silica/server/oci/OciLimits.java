// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

/**
 * How big a document may be.
 *
 * @param bytes its size
 * @param depth how deep objects and arrays nest
 * @param tokens how many values, names and brackets it has, which bounds the memory that its tree
 *     takes
 */
public record OciLimits(int bytes, int depth, int tokens) {
    /** Some 80 times what containerd writes for a container with all of its defaults. */
    public static final OciLimits DEFAULT = new OciLimits(4 << 20, 64, 200_000);

    /**
     * @throws IllegalArgumentException if a limit is below 1
     */
    public OciLimits {
        if (bytes < 1 || depth < 1 || tokens < 1) {
            throw new IllegalArgumentException("a limit is below 1");
        }
    }
}
