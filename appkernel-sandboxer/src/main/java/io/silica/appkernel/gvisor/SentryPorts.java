// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.linux.ports.PortDialler;
import io.silica.linux.ports.PortEnd;
import io.silica.linux.ports.PortEnds;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Dials within a sentry, whose network is its own. It takes a Unix socket for that and no other,
 * and closes it where nobody listens.
 */
record SentryPorts(ControlSocket control, Poller poller) implements PortDialler {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public PortEnd dial(int port) throws IOException {
        var ends = UnixSocket.pair(SocketType.STREAM);
        var ours = ends.getFirst();
        try (var theirs = ends.getLast()) {
            control.call("PortForward", argument(port), List.of(theirs.descriptor()));
            var streams = PortEnds.of(ours.descriptor(), poller, () -> end(ours));
            return new PortEnd(
                    streams.in(),
                    streams.out(),
                    streams.end(),
                    () -> {
                        streams.close();
                        ours.close();
                    });
        } catch (SandboxException e) {
            ours.close();
            throw new IOException(e.getMessage(), e);
        } catch (RuntimeException e) {
            ours.close();
            throw e;
        }
    }

    private static JsonNode argument(int port) {
        return JSON.createObjectNode()
                .put("ContainerID", PodPlaces.ROOT_CONTAINER)
                .put("Port", port);
    }

    /** One whose other side is gone need not be told. */
    private static void end(UnixSocket ours) {
        try {
            ours.shutdownOutput();
        } catch (LinuxException _) {
            // The sentry has closed it.
        }
    }
}
