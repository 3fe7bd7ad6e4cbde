// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;

/** Bytes in the order in which they came, in little more memory than there are of them. */
final class ByteRing {
    private static final byte[] NONE = {};

    private final int most;
    private byte[] ring = NONE;
    private int first;
    private int size;

    /**
     * @param most how many there are at a time
     */
    ByteRing(int most) {
        this.most = most;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Precondition: there are not more than the most then. */
    void add(ByteString bytes) {
        int count = bytes.size();
        if (count == 0) {
            return;
        }
        if (count > ring.length - size) {
            grow(count);
        }
        int end = (first + size) % ring.length;
        int straight = Math.min(count, ring.length - end);
        bytes.substring(0, straight).copyTo(ring, end);
        bytes.substring(straight).copyTo(ring, 0);
        size += count;
    }

    private void grow(int count) {
        var larger = new byte[Math.min(most, Math.max(size + count, ring.length * 2))];
        copy(larger, 0, size);
        ring = larger;
        first = 0;
    }

    /**
     * Takes the first ones; memory is not kept for more.
     *
     * @return how many
     */
    int take(byte[] to, int offset, int length) {
        int count = Math.min(length, size);
        copy(to, offset, count);
        size -= count;
        if (size == 0) {
            ring = NONE;
            first = 0;
        } else {
            first = (first + count) % ring.length;
        }
        return count;
    }

    private void copy(byte[] to, int offset, int count) {
        int straight = Math.min(count, ring.length - first);
        System.arraycopy(ring, first, to, offset, straight);
        System.arraycopy(ring, 0, to, offset + straight, count - straight);
    }
}
