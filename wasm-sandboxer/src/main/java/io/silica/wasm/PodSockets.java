// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.TcpListener;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Undo;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the sockets on which a container takes connections, in its pod's network: a guest can make
 * none, nor can its worker, which is in no network at all.
 */
final class PodSockets {
    /** What may wait until the guest accepts it. */
    private static final int BACKLOG = 128;

    private final SandboxNetwork network;

    PodSockets(SandboxNetwork network) {
        this.network = network;
    }

    /**
     * Listens on all addresses of the pod, on all ports or on none.
     *
     * @return the caller's
     * @throws SandboxException.WrongState naming the port that somebody else in that network has
     */
    List<Descriptor> listen(ContainerId container, List<Integer> ports) {
        if (ports.isEmpty()) {
            return List.of();
        }
        try {
            return switch (network) {
                case SandboxNetwork.Host _ -> listenHere(container, ports);
                case SandboxNetwork.Namespace(var path) -> {
                    try (var namespace = NetworkNamespace.open(path)) {
                        yield namespace.inside(() -> listenHere(container, ports));
                    }
                }
            };
        } catch (LinuxException e) {
            throw new SandboxException.Failed(
                    "cannot listen for container \"%s\": %s".formatted(container, e.getMessage()),
                    e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "interrupted while listening for container \"%s\"".formatted(container));
        }
    }

    private static List<Descriptor> listenHere(ContainerId container, List<Integer> ports) {
        try (var undo = new Undo()) {
            var sockets = new ArrayList<Descriptor>();
            ports.forEach(port -> sockets.add(undo.owns(listen(container, port))));
            undo.keep();
            return sockets;
        }
    }

    private static Descriptor listen(ContainerId container, int port) {
        try {
            return TcpListener.bind(port, BACKLOG).descriptor();
        } catch (LinuxException e) {
            if (e.errno() == Errno.EADDRINUSE) {
                throw new SandboxException.WrongState(
                        "container \"%s\" can't listen on TCP port %d: somebody else in its pod's network does"
                                .formatted(container, port));
            }
            throw e;
        }
    }
}
