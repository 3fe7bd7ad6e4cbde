// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

/**
 * For how many task connections there is room. Each container has one. A connection for which there
 * is none is not even accepted, and whoever dialled waits for an answer that does not come; so the
 * last of them are kept: for who is to be told that no new container can be made, and for
 * containers that are known, which a containerd that is started again dials before it is known that
 * the last one has ended.
 *
 * @param most that may be open
 */
record ConnectionRoom(int most) {
    /** One of so many is kept. */
    private static final int PART = 16;

    /** How many may be open without that a new container is refused. */
    int forAll() {
        return most - Math.min(most, Math.max(1, most / PART));
    }

    /**
     * Whether a new container may be made.
     *
     * @param open how many connections are, that of the new container among them
     */
    boolean isFor(int open) {
        return open <= forAll();
    }
}
