// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import com.google.protobuf.BytesValue;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.server.transport.TransportOptions;
import io.silica.server.transport.TtrpcTransport;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import java.nio.file.Path;

/** Our server, which echoes in this process. */
final class EchoServer implements AutoCloseable {
    /** The method that is answered on the loop. */
    static final String NON_BLOCKING = "Echo";

    /** The method that is answered by a thread of its own. */
    static final String BLOCKING = "EchoBlocking";

    private final Path socket;
    private final TtrpcTransport transport;

    private EchoServer(Path socket, TtrpcTransport transport) {
        this.socket = socket;
        this.transport = transport;
    }

    static EchoServer start(Path socket, TransportOptions options) {
        var name = String.valueOf(socket.getFileName());
        var server = new EchoServer(socket, TtrpcTransport.start(name, services(), options));
        server.transport.listen(UnixListener.bind(UnixAddress.of(socket), SocketType.STREAM, 128));
        return server;
    }

    Path socket() {
        return socket;
    }

    @Override
    public void close() {
        transport.close();
    }

    private static ServerConfig services() {
        return ServerConfig.of(
                ServiceDefinition.named(GoProgram.SERVICE)
                        .unary(
                                NON_BLOCKING,
                                BytesValue.parser(),
                                (request, _) -> request,
                                Dispatch.NON_BLOCKING)
                        .unary(
                                BLOCKING,
                                BytesValue.parser(),
                                (request, _) -> request,
                                Dispatch.BLOCKING)
                        .build());
    }
}
