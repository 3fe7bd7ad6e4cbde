// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/**
 * What the guests of one pod may take together, whatever each of them may: the pod's memory limit,
 * where no cgroup of the pod has it. As in a cgroup it counts what is taken, not what is set aside.
 * A guest without a limit of its own lifts it while it is there: the sum of the limits that there
 * are is none for the pod then. Any thread may call any method.
 */
final class PodMemory {
    private long limit = Long.MAX_VALUE;
    private long taken;
    private int guests;
    private int unlimited;

    /** Bytes that they may take. */
    synchronized long limit() {
        return unlimited > 0 ? Long.MAX_VALUE : limit;
    }

    /** Bytes that they have taken. */
    synchronized long taken() {
        return taken;
    }

    /**
     * Changes it.
     *
     * @param bytes 0 for none
     * @return false if they have taken more already: then nothing has changed
     */
    synchronized boolean change(long bytes) {
        long wanted = bytes == 0 ? Long.MAX_VALUE : bytes;
        boolean possible = unlimited > 0 || wanted >= taken;
        if (possible) {
            limit = wanted;
        }
        return possible;
    }

    /** Whether there is so much left, which is then taken. */
    synchronized boolean take(long bytes) {
        boolean left = bytes <= limit() - taken;
        if (left) {
            taken += bytes;
        }
        return left;
    }

    synchronized void give(long bytes) {
        taken -= bytes;
    }

    /**
     * One more is there.
     *
     * @param limited whether it has a limit of its own
     */
    synchronized void enter(boolean limited) {
        guests++;
        unlimited += limited ? 0 : 1;
    }

    /** One is gone that has entered so. */
    synchronized void leave(boolean limited) {
        guests--;
        unlimited -= limited ? 0 : 1;
    }

    synchronized boolean isEmpty() {
        return guests == 0;
    }
}
