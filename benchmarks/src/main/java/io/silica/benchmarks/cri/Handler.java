// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

/**
 * A runtime handler of containerd's, and what it is to run.
 *
 * @param image its program prints one line and ends
 */
record Handler(String name, String image) {
    static final Handler OURS = new Handler("wasm", "docker.io/silica/hello:1");
    static final Handler PEER = new Handler("runc", PeerImages.HELLO);
}
