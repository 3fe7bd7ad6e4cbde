// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says in words why a call failed. */
final class CriFailure {
    private CriFailure() {}

    /**
     * The exception to throw for a call that the verb phrase {@code action} describes: "run pod
     * \"a\"".
     */
    static CriException explain(CriEndpoint endpoint, String action, StatusRuntimeException e) {
        Status status = e.getStatus();
        return new CriException(
                status.getCode(), "cannot %s: %s".formatted(action, reason(endpoint, status)), e);
    }

    private static String reason(CriEndpoint endpoint, Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> unreachable(endpoint, status);
            case DEADLINE_EXCEEDED ->
                    "no answer from %s in time; its log may say what it waits for"
                            .formatted(endpoint);
            case UNIMPLEMENTED -> unimplemented(endpoint, status);
            default -> description(status);
        };
    }

    private static String unreachable(CriEndpoint endpoint, Status status) {
        Path socket = endpoint.socket();
        if (!Files.exists(socket)) {
            return "there is no socket %s; start containerd, or name its socket with --runtime-endpoint"
                    .formatted(socket);
        }
        if (!Files.isWritable(socket)) {
            return "permission to open %s denied; run as root".formatted(socket);
        }
        return "nobody answers on %s (%s); is containerd running?"
                .formatted(socket, description(status));
    }

    private static String unimplemented(CriEndpoint endpoint, Status status) {
        String description = description(status);
        return description.contains("unknown service")
                ? "the containerd at %s serves no CRI; its log says why its CRI plugin was not loaded"
                        .formatted(endpoint)
                : description;
    }

    private static String description(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().toString() : description;
    }
}
