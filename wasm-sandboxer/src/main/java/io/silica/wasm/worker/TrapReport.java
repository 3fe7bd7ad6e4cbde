// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.wasm.engine.GuestExit;
import java.io.IOException;
import java.io.OutputStream;

/** Tells a trap where a person looks for it: on the guest's standard error. */
final class TrapReport {
    /** Of a guest that trapped, as of a process that aborted: 128 + SIGABRT. */
    static final int EXIT_CODE = 134;

    private static final System.Logger LOG = System.getLogger(TrapReport.class.getName());

    private TrapReport() {}

    static void write(GuestExit.Trapped trap, OutputStream stderr) {
        var text = new StringBuilder("wasm trap: ").append(trap.message()).append('\n');
        trap.backtrace().forEach(call -> text.append("    at ").append(call).append('\n'));
        try {
            stderr.write(text.toString().getBytes(UTF_8));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "nobody reads of a trap", e);
        }
    }
}
