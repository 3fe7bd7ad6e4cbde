// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.proto.guest.InputChunk;
import io.silica.proto.guest.InputResponse;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import java.io.ByteArrayOutputStream;

/** What a process of a {@link FakeGuest} reads, and how it comes from the host. */
final class FakeInput {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private boolean ended;

    void serve(
            InputChunk first,
            MessageSource<InputChunk> chunks,
            MessageSink<InputResponse> acknowledgements) {
        take(first);
        acknowledgements.send(acknowledged());
        for (var chunk : chunks) {
            take(chunk);
            acknowledgements.send(acknowledged());
        }
    }

    private synchronized void take(InputChunk chunk) {
        long known = all.size() - chunk.getOffset();
        if (known >= 0 && known < chunk.getData().size()) {
            all.writeBytes(chunk.getData().substring((int) known).toByteArray());
        }
        ended |= chunk.getEnd();
        notifyAll();
    }

    private synchronized InputResponse acknowledged() {
        return InputResponse.newBuilder().setAcknowledged(all.size()).build();
    }

    /** All of it, when it has ended. */
    synchronized byte[] await() throws InterruptedException {
        while (!ended) {
            wait();
        }
        return all.toByteArray();
    }
}
