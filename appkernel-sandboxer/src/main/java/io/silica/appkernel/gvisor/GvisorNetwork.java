// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.util.Locale;

/** How a sentry is connected. */
public enum GvisorNetwork {
    /** By a stack of its own, which takes the addresses of the pod's network namespace over. */
    SANDBOX,
    /** By the host's stack, in the pod's network namespace or in the host's. */
    HOST,
    /** Not at all. */
    NONE;

    /** As runsc has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
