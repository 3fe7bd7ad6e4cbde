// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.linux.NativeLinkage;
import io.silica.server.Termination;

/** Where {@code appkernel-sandboxer} begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Before anything else: it takes a second processor as long as the first needs until then.
        NativeLinkage.begin();
        var termination = Termination.install();
        termination.exit(new AppKernelDaemon(termination).execute(arguments));
    }
}
