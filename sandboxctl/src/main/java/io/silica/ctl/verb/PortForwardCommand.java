// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriException;
import io.silica.ctl.streaming.PortConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sandboxctl port-forward}. */
@Command(
        name = "port-forward",
        description = "Listens on this machine's loopback for a port of a pod, until it is ended.",
        mixinStandardHelpOptions = true)
public final class PortForwardCommand extends Verb {
    private static final int BACKLOG = 50;

    @Parameters(index = "0", paramLabel = "ID", description = "The pod's id, or how it begins.")
    private String id = "";

    @Parameters(
            index = "1",
            paramLabel = "[LOCAL:]PORT",
            converter = ForwardedPort.Converter.class,
            description = "The pod's port, and the one to listen on if it is another; 0 is any.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ForwardedPort port;

    @Override
    int run(CriClient client) throws IOException {
        String pod = KnownIds.ofPods(client).only(id);
        try (var listener =
                        new ServerSocket(port.local(), BACKLOG, InetAddress.getLoopbackAddress());
                var connections = Executors.newVirtualThreadPerTaskExecutor()) {
            console()
                    .out()
                    .printf(
                            "forwarding %s:%d to port %d of pod %s%n",
                            listener.getInetAddress().getHostAddress(),
                            listener.getLocalPort(),
                            port.remote(),
                            pod);
            return serve(client, pod, listener, connections);
        }
    }

    @SuppressWarnings("InfiniteLoopStatement") // a signal ends it
    private int serve(
            CriClient client, String pod, ServerSocket listener, ExecutorService connections)
            throws IOException {
        while (true) {
            Socket local = listener.accept();
            var _ = connections.submit(() -> forward(client, pod, local));
        }
    }

    private void forward(CriClient client, String pod, Socket local) {
        try (local;
                var remote =
                        PortConnection.open(
                                client.portForwardUrl(pod, port.remote()),
                                port.remote(),
                                local.getOutputStream())) {
            var sending = Thread.ofVirtual().start(() -> send(local, remote));
            remote.await();
            sending.interrupt();
        } catch (IOException | CriException e) {
            console().err().println("sandboxctl: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The end of the local side is that of the connection: there is no half of one. */
    private static void send(Socket local, PortConnection remote) {
        try (remote) {
            remote.sendAll(local.getInputStream());
        } catch (IOException _) {
            // The other side has ended, of which await tells.
        }
    }
}
