// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

/** Who is killed while pods come and go. */
enum Victim {
    SANDBOXER,
    CONTAINERD,
    BOTH;

    /** containerd itself loses what it has read of a FIFO and not yet written to a log. */
    boolean isContainerd() {
        return this != SANDBOXER;
    }
}
