// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * The standard streams of a process as containerd names them, to be given back letter by letter.
 *
 * @param stdin path of a FIFO, or empty
 * @param stdout path of a FIFO, or empty
 * @param stderr path of a FIFO, or empty; with a terminal it is named and not used
 * @param terminal whether the process has a terminal
 */
public record Stdio(String stdin, String stdout, String stderr, boolean terminal) {
    /** No streams at all. */
    public static final Stdio NONE = new Stdio("", "", "", false);
}
