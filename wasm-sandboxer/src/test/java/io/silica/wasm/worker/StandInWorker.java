// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.util.Arrays;

/** The worker of another release: {@code StandInWorker OLDEST NEWEST OPTION...}. */
public final class StandInWorker {
    private StandInWorker() {}

    public static void main(String[] arguments) throws InterruptedException {
        WorkerMain.run(
                WorkerOptions.parse(Arrays.copyOfRange(arguments, 2, arguments.length)),
                new ProtocolVersions(
                        Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1])));
    }
}
