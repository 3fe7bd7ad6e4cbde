// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

/**
 * Which streams of a process a client wants besides its output.
 *
 * @param terminal whether they are a terminal, whose output has the errors in it
 */
public record WantedStreams(boolean input, boolean terminal) {
    boolean errors() {
        return !terminal;
    }
}
