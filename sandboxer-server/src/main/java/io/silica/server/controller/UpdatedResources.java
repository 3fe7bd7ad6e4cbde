// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import io.silica.proto.containerd.sandbox.ControllerUpdateRequest;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what UpdatePodSandboxResources asks: containerd 2.3 puts it as JSON into an extension of
 * the sandbox. What it does not name stays as it is.
 */
final class UpdatedResources {
    private static final String EXTENSION = "updated-resources";
    private static final JsonMapper JSON = JsonMapper.shared();

    private UpdatedResources() {}

    /**
     * @return empty if the request is about something else
     * @throws SandboxException.InvalidArgument if it is malformed
     */
    static Optional<PodResources> read(ControllerUpdateRequest request, PodResources present) {
        if (!request.getSandbox().containsExtensions(EXTENSION)) {
            return Optional.empty();
        }
        try {
            JsonNode json =
                    JSON.readTree(
                            request.getSandbox()
                                    .getExtensionsOrThrow(EXTENSION)
                                    .getValue()
                                    .toByteArray());
            return Optional.of(
                    new PodResources(
                            resources(json.path("Resources"), present.containers()),
                            resources(json.path("Overhead"), present.overhead())));
        } catch (JacksonException e) {
            throw new SandboxException.InvalidArgument(
                    "extension \"%s\" of sandbox \"%s\" is no JSON"
                            .formatted(EXTENSION, request.getSandboxId()),
                    e);
        }
    }

    private static Resources resources(JsonNode json, Resources present) {
        return new Resources(
                json.path("memory_limit_in_bytes").asLong(present.memoryLimitBytes()),
                json.path("cpu_shares").asLong(present.cpuShares()),
                json.path("cpu_quota").asLong(present.cpuQuotaMicros()),
                json.path("cpu_period").asLong(present.cpuPeriodMicros()));
    }
}
