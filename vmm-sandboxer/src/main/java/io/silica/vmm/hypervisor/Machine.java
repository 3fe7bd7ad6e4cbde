// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

import io.silica.sandbox.Exit;
import java.time.Duration;
import java.util.Optional;

/**
 * A machine that runs, or has ended. Closing it lets go of it: it lives on. Any thread may call any
 * method.
 */
public interface Machine extends AutoCloseable {
    /** The pid of the process that runs it. */
    int pid();

    /**
     * Its end, by itself or not. It has also ended when a program beside it has that it cannot do
     * without; then the rest is ended as well, before this is told.
     */
    Exit exit();

    /** Why it has ended, for people; empty while it runs. */
    Optional<MachineEnd> end();

    /** What the guest has printed last, for people; bounded and without control characters. */
    String console();

    /**
     * Ends it without asking the guest, in the order in which least is lost, and by force when the
     * time is up; returns when nothing of it runs. Doing it twice is harmless.
     *
     * @param patience for what is not force
     */
    void quit(Duration patience);

    @Override
    void close();
}
