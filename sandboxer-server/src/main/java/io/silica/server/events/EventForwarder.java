// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import com.google.protobuf.Empty;
import io.silica.proto.containerd.events.ttrpc.ForwardRequest;
import io.silica.proto.containerd.types.Envelope;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** containerd's events service, connected to when it is needed and again when it was lost. */
final class EventForwarder implements AutoCloseable {
    private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";
    private static final String METHOD = "Forward";

    private final Path socket;
    private final CallOptions options;
    private @Nullable TtrpcClient client;

    EventForwarder(Path socket, Duration deadline) {
        this.socket = socket;
        this.options = CallOptions.timeout(deadline);
    }

    /**
     * Hands an event over. For one thread.
     *
     * @throws IOException if containerd cannot be reached
     * @throws io.silica.ttrpc.TtrpcException as the call ended
     */
    void forward(Envelope event) throws IOException {
        var request = ForwardRequest.newBuilder().setEnvelope(event).build();
        Empty _ = connected().call(SERVICE, METHOD, request, Empty.parser(), options);
    }

    private TtrpcClient connected() throws IOException {
        TtrpcClient current = client;
        if (current == null || !current.isOpen()) {
            close();
            current = TtrpcClient.over(dial());
            client = current;
        }
        return current;
    }

    /** Not blocking: a connect waits, in the kernel, for a listener whose backlog is full. */
    private SocketChannel dial() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException(socket + " accepts no connection now");
            }
            channel.configureBlocking(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Ends the connection, if there is one; the next event makes another. */
    @Override
    public void close() {
        TtrpcClient current = client;
        client = null;
        if (current != null) {
            current.close();
        }
    }
}
