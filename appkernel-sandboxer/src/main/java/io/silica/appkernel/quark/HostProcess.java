// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Child;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.ProcessIdentity;
import java.util.Optional;

/**
 * Handles on processes that Quark leaves behind. They become our children when their parent ends,
 * if that was in this life of the daemon; else they are another's to collect.
 */
final class HostProcess {
    private HostProcess() {}

    /** The very one that has that identity; empty if it is gone. */
    static Optional<Child> open(ProcessIdentity identity) {
        Child child;
        try {
            child = Child.adopt(identity.pid());
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
        // In this order: what has the identity now had it, and the pid, when the handle was opened.
        if (identity.isCurrent()) {
            return Optional.of(child);
        }
        child.close();
        return Optional.empty();
    }

    /** Collects one that has ended, if it is ours. */
    static void collect(Child child) {
        try {
            var _ = child.status();
        } catch (LinuxException _) {
            // It is not.
        }
    }
}
