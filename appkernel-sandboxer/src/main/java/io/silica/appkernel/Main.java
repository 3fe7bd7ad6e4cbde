// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.DaemonMain;

/** Where {@code appkernel-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        DaemonMain.run(AppKernelDaemon::new, arguments);
    }
}
