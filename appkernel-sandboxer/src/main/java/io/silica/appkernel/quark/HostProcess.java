// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Child;
import io.silica.linux.LinuxException;

/**
 * Processes that Quark leaves behind. They become our children when their parent ends, if that was
 * in this life of the daemon; else they are another's to collect.
 */
final class HostProcess {
    private HostProcess() {}

    /** Collects one that has ended, if it is ours. */
    static void collect(Child child) {
        try {
            var _ = child.status();
        } catch (LinuxException _) {
            // It is not.
        }
    }
}
