// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import java.time.Duration;

/**
 * The limits that the registry keeps.
 *
 * @param maximumSandboxes how many sandboxes there may be at once
 * @param maximumContainers how many containers a sandbox may have at once
 * @param patience how long a caller waits for a change; the change itself goes on
 * @param agentPatience how long a change waits until a sandbox of an earlier life of the daemon has
 *     been found again
 * @param claimWithin how long a sandbox may wait for its start, and for the first word about it
 *     after that, before it is taken for nobody's
 * @param samplesFreshFor how long a measurement is as good as a new one
 * @param samplePatience how long a question waits for a new measurement
 */
public record RegistryConfig(
        int maximumSandboxes,
        int maximumContainers,
        Duration patience,
        Duration agentPatience,
        Duration claimWithin,
        Duration samplesFreshFor,
        Duration samplePatience) {}
