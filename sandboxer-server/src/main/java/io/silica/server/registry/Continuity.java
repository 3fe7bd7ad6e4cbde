// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

/** Whether the connections by which containerd knows its containers outlived the last daemon. */
public enum Continuity {
    /** They did: containers go on, and containerd notices a pause and nothing else. */
    KEPT,
    /**
     * They did not: containerd has given every container up, and dials none again. What is left of
     * them is ended.
     */
    LOST
}
