// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.List;

/** What the machine that runs the tests allows. */
final class Privilege {
    private Privilege() {}

    /** Whether this thread could mount. */
    static boolean canMount() {
        try {
            DetachedMount.create("tmpfs", "tmpfs", List.of()).close();
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EPERM) {
                return false;
            }
            throw e;
        }
    }
}
