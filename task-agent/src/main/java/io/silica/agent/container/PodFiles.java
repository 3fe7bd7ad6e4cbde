// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all containers of the pod find at certain places.
 *
 * @param files what is at a place in a container, by that place
 * @param sharedMemory the directory that is {@code /dev/shm} for all of them
 */
public record PodFiles(Map<String, Path> files, Path sharedMemory) {
    public PodFiles {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }
}
