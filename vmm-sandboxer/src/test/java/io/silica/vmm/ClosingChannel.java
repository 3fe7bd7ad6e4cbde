// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.CountDownLatch;

/** A channel whose end can be waited for. */
record ClosingChannel(ByteChannel channel, CountDownLatch closed) implements ByteChannel {
    ClosingChannel(ByteChannel channel) {
        this(channel, new CountDownLatch(1));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        closed.countDown();
    }
}
