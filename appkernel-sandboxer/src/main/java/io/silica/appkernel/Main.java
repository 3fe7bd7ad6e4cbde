// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.server.Termination;

/** Where {@code appkernel-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var termination = Termination.install();
        termination.exit(new AppKernelDaemon(termination).execute(arguments));
    }
}
