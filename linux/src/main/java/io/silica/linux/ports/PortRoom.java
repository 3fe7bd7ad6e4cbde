// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import java.util.concurrent.Semaphore;

/**
 * How many connections to ports a daemon forwards at a time, for all its pods together: each takes
 * memory. Any thread may call any method.
 */
public final class PortRoom {
    private static final int MOST = 256;

    private final Semaphore left;

    /** Room as every daemon has it. */
    public PortRoom() {
        this(MOST);
    }

    PortRoom(int most) {
        left = new Semaphore(most);
    }

    /**
     * Takes the place of a connection.
     *
     * @return false if there is none
     */
    boolean take() {
        return left.tryAcquire();
    }

    /** Gives one back that was taken. */
    void giveBack() {
        left.release();
    }
}
