// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * What the pod as a whole may use.
 *
 * @param containers the sum over its containers
 * @param overhead what the sandbox itself may use on top (RuntimeClass {@code overhead.podFixed})
 */
public record PodResources(Resources containers, Resources overhead) {
    /** Nothing limited. */
    public static final PodResources UNLIMITED =
            new PodResources(Resources.UNLIMITED, Resources.UNLIMITED);

    /** What the pod's cgroup has to hold. */
    public Resources total() {
        return containers.plus(overhead);
    }
}
