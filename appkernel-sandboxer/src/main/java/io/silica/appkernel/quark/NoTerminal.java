// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;

/** Quark has terminals; that they work was shown by nothing yet. */
final class NoTerminal {
    private NoTerminal() {}

    /**
     * @throws SandboxException.Unsupported if one is asked for
     */
    static void require(String who, Stdio stdio) {
        if (stdio.terminal()) {
            throw new SandboxException.Unsupported(
                    who + " asks for a terminal: pods on Quark have none yet");
        }
    }
}
