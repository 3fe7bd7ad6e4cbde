// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import java.util.List;

/**
 * A runtime handler of containerd's, and what it is to run.
 *
 * @param image its program prints one line, and ends if it is not told to sleep
 * @param arguments for the program
 */
record Handler(String name, String image, List<String> arguments) {
    static final Handler OURS = new Handler("wasm", "docker.io/silica/hello:1", List.of());
    static final Handler PEER = new Handler("runc", PeerImages.HELLO, List.of());

    private static final String A_DAY_IN_MILLIS = "86400000";

    /** The same handler with a program that sleeps after its line. */
    Handler sleeping() {
        return name.equals(OURS.name)
                ? new Handler(name, "docker.io/silica/sleep:1", List.of(A_DAY_IN_MILLIS))
                : new Handler(name, image, List.of("sleep"));
    }
}
