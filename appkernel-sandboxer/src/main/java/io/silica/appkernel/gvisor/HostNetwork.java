// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

/** What becomes of pods that ask for the host's network. */
public enum HostNetwork {
    /** Their system calls on sockets are the host's. */
    SERVE,
    /** They are refused. */
    REFUSE
}
