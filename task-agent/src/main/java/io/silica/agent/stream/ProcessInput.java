// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import io.silica.sandbox.SandboxException;

/**
 * What a process reads, as it is sent: in pieces that may overlap, because who sends them begins
 * anew after a broken connection.
 */
public final class ProcessInput {
    private final OffsetBuffer buffer = new OffsetBuffer();
    private volatile boolean ended;

    /** What an {@link InputPump} gives to the process. */
    public OffsetBuffer buffer() {
        return buffer;
    }

    /** How many bytes were accepted since the beginning. */
    public long accepted() {
        return buffer.written();
    }

    /**
     * Accepts what is new in a piece; waits while there is no room.
     *
     * @param offset of its first byte
     * @return how many bytes were accepted since the beginning
     * @throws SandboxException.InvalidArgument if bytes are missing before it, or it comes behind
     *     the end
     */
    public synchronized long accept(long offset, byte[] bytes) throws InterruptedException {
        long accepted = accepted();
        if (offset < 0 || offset > accepted) {
            throw new SandboxException.InvalidArgument(
                    "input at " + offset + ", where " + accepted + " bytes are known");
        }
        int known = (int) Math.min(bytes.length, accepted - offset);
        if (ended && known < bytes.length) {
            throw new SandboxException.InvalidArgument("input behind its end");
        }
        buffer.append(bytes, known, bytes.length - known);
        return accepted();
    }

    /** Says that nothing follows. Idempotent. */
    public void end() {
        ended = true;
        buffer.end();
    }
}
