// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import io.silica.linux.ports.PortDialler;
import io.silica.linux.ports.PortEnd;
import io.silica.proto.guest.PortChunk;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.ByteFlow;
import io.silica.ttrpc.ByteFlowPart;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;

/**
 * Dials within a guest, by its agent. What is carried ends with the connection to that.
 *
 * @param agent of the guest
 */
public record GuestPorts(Agent agent) implements PortDialler {
    /** Bytes on the way, as the contract says. */
    private static final int WINDOW = 64 << 10;

    @Override
    public PortEnd dial(int port) throws IOException {
        var call = call();
        try {
            call.send(PortChunk.newBuilder().setPort(port).build());
        } catch (TtrpcException e) {
            call.close();
            throw new IOException("cannot dial port %d in a guest".formatted(port), e);
        }
        var flow = new ByteFlow<>(call, call, GuestPorts::part, GuestPorts::chunk, WINDOW);
        // It ends with the call, and a call of which nothing more is received has ended.
        Thread.ofVirtual()
                .name("port-receive " + port)
                .start(() -> {
                    flow.receive();
                    call.close();
                });
        return new PortEnd(flow.input(), flow.output(), flow::end, call::close);
    }

    private DuplexStream<PortChunk, PortChunk> call() throws IOException {
        try {
            return agent.stream("Forward", PortChunk.parser());
        } catch (SandboxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ByteFlowPart part(PortChunk chunk) {
        return new ByteFlowPart(chunk.getData(), chunk.getTaken(), chunk.getEnd());
    }

    private static PortChunk chunk(ByteFlowPart part) {
        return PortChunk.newBuilder()
                .setData(part.bytes())
                .setTaken(part.taken())
                .setEnd(part.end())
                .build();
    }
}
