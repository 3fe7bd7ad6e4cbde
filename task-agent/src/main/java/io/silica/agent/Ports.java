// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.proto.guest.PortChunk;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.ByteFlow;
import io.silica.ttrpc.ByteFlowPart;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Connections to what listens in this machine, carried for the host. */
final class Ports {
    private static final int MOST = 0xffff;

    /** Bytes on the way, as the contract says. */
    private static final int WINDOW = 64 << 10;

    private static final String[] LOOPBACKS = {"127.0.0.1", "::1"};

    private Ports() {}

    /**
     * Connects to a port and carries what both sides say, until both have ended.
     *
     * @throws SandboxException.InvalidArgument if there is no such port
     * @throws SandboxException.NotFound if nobody listens there
     */
    static void forward(
            int port,
            MessageSource<PortChunk> chunks,
            CallContext context,
            MessageSink<PortChunk> to)
            throws InterruptedException {
        if (port < 1 || port > MOST) {
            throw new SandboxException.InvalidArgument("there is no port " + port);
        }
        try (var server = connect(port)) {
            context.onCancel(() -> close(server));
            carry(server, new ByteFlow<>(chunks, to, Ports::part, Ports::chunk, WINDOW), port);
        } catch (IOException _) {
            // A side is gone, and the other one sees that.
        }
    }

    private static Socket connect(int port) {
        for (var loopback : LOOPBACKS) {
            var socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(loopback), port));
                return socket;
            } catch (IOException _) {
                close(socket);
            }
        }
        throw new SandboxException.NotFound("nobody listens at port " + port);
    }

    private static void carry(Socket server, ByteFlow<PortChunk> flow, int port)
            throws IOException, InterruptedException {
        // It ends with the call: when this is done, or when the host has given it up.
        Thread.ofVirtual()
                .name("port-receive " + port)
                .start(() -> {
                    flow.receive();
                    close(server);
                });
        var asks =
                Thread.ofVirtual().name("port-ask " + port).start(() -> carryAsked(flow, server));
        try {
            server.getInputStream().transferTo(flow.output());
            flow.end();
            asks.join();
        } finally {
            close(server);
            asks.interrupt();
            asks.join();
        }
    }

    /** A client that is gone is the end of the connection. */
    private static void carryAsked(ByteFlow<PortChunk> flow, Socket server) {
        try {
            flow.input().transferTo(server.getOutputStream());
            server.shutdownOutput();
        } catch (IOException _) {
            close(server);
        }
    }

    /** What a message says. */
    static ByteFlowPart part(PortChunk chunk) {
        return new ByteFlowPart(chunk.getData(), chunk.getTaken(), chunk.getEnd());
    }

    /** The message that says it. */
    static PortChunk chunk(ByteFlowPart part) {
        return PortChunk.newBuilder()
                .setData(part.bytes())
                .setTaken(part.taken())
                .setEnd(part.end())
                .build();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is let go of.
        }
    }
}
