// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import io.silica.proto.containerd.sandbox.ControllerUpdateRequest;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
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

    /** Whether the request is about resources at all. */
    static boolean areIn(ControllerUpdateRequest request) {
        return request.getSandbox().containsExtensions(EXTENSION);
    }

    /**
     * What the pod may use from now on.
     *
     * @param present what it may use now
     * @throws SandboxException.InvalidArgument if the request is malformed
     */
    static PodResources read(ControllerUpdateRequest request, PodResources present) {
        try {
            JsonNode json =
                    JSON.readTree(
                            request.getSandbox()
                                    .getExtensionsOrThrow(EXTENSION)
                                    .getValue()
                                    .toByteArray());
            return new PodResources(
                    resources(json.path("Resources"), present.containers()),
                    resources(json.path("Overhead"), present.overhead()));
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
