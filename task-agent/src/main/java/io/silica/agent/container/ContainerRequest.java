// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.agent.container.ProcessStreams.Wanted;
import io.silica.proto.guest.GuestContainer;

/**
 * What a container is made of.
 *
 * @param id its name
 * @param made what the host says of it
 * @param streams of its first process
 */
public record ContainerRequest(String id, GuestContainer made, Wanted streams) {}
