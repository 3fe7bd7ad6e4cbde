// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.util.List;

/** How a guest ended. */
public sealed interface GuestExit {
    /**
     * It returned from its entry point or called {@code proc_exit}.
     *
     * @param code 0 to 255: of the 32 bits that a guest can give, what a process could
     */
    record Exited(int code) implements GuestExit {
        private static final int LOW_BYTE = 0xff;

        public Exited {
            code &= LOW_BYTE;
        }
    }

    /**
     * It did what WebAssembly forbids, or overran the memory or stack that it has.
     *
     * @param message why, such as {@code integer divide by zero}
     * @param backtrace its calls, innermost first, one line each; the text is the guest's
     * @param outOfMemory whether it had asked for memory last and was not given it
     */
    record Trapped(String message, List<String> backtrace, boolean outOfMemory)
            implements GuestExit {
        public Trapped {
            backtrace = List.copyOf(backtrace);
        }
    }

    /** {@link WasmInstance#interrupt} ended it. */
    record Interrupted() implements GuestExit {}
}
