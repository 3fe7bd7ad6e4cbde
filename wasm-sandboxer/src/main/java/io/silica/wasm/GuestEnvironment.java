// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.ProcessSpec;
import java.util.ArrayList;
import java.util.List;

/** What a guest finds in its environment besides that of its specification. */
final class GuestEnvironment {
    /** How many sockets there are from descriptor 3 on, as systemd and wasmtime tell it. */
    private static final String SOCKETS = "LISTEN_FDS=";

    /** WASI has no working directory; Go's library, for one, takes it from here. */
    private static final String DIRECTORY = "PWD=";

    private GuestEnvironment() {}

    /**
     * All of it.
     *
     * @param sockets how many the guest finds open
     */
    static List<String> of(ProcessSpec process, int sockets) {
        var all = new ArrayList<>(process.env());
        if (all.stream().noneMatch(variable -> variable.startsWith(DIRECTORY))) {
            all.add(DIRECTORY + process.cwd());
        }
        // What an image says of sockets is not so: a guest would take its directories for them.
        all.removeIf(variable -> variable.startsWith(SOCKETS));
        if (sockets > 0) {
            all.add(SOCKETS + sockets);
        }
        return all;
    }
}
