// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/** Hears what happens to a container besides its end. Must not block. */
@FunctionalInterface
public interface ContainerObserver {
    /** Something in the container was killed because the container's memory is used up. */
    void outOfMemory();
}
