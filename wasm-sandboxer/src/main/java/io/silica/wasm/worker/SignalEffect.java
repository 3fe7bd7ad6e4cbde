// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.sandbox.Signal;

/** What a signal does to a process that has no handler for it: signal(7). */
enum SignalEffect {
    /** Signal 0, SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
    NOTHING,
    /** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
    STOP,
    /** All others. */
    END;

    static SignalEffect of(Signal signal) {
        return switch (signal.number()) {
            case 0, 17, 18, 23, 28 -> NOTHING;
            case 19, 20, 21, 22 -> STOP;
            default -> END;
        };
    }
}
