// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.server.DaemonMain;

/** Where {@code vmm-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        DaemonMain.run(VmmDaemon::new, arguments);
    }
}
