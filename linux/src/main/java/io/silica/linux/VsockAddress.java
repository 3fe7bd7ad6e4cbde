// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Where a vsock is bound (vsock(7)).
 *
 * @param cid of the machine
 * @param port as in TCP, of 32 bits
 */
public record VsockAddress(int cid, int port) {
    /** The machine that a virtual machine runs on. */
    public static final int HOST = 2;

    static final int AF_VSOCK = 40;

    private static final long SIZE = 16;
    private static final long PORT = 4;
    private static final long CID = 8;

    /** The {@code struct sockaddr_vm}. */
    MemorySegment encode(SegmentAllocator memory) {
        var encoded = memory.allocate(SIZE, Integer.BYTES);
        encoded.set(JAVA_SHORT, 0, (short) AF_VSOCK);
        encoded.set(JAVA_INT, PORT, port);
        encoded.set(JAVA_INT, CID, cid);
        return encoded;
    }

    @Override
    public String toString() {
        return "vsock " + Integer.toUnsignedString(cid) + ":" + Integer.toUnsignedString(port);
    }
}
