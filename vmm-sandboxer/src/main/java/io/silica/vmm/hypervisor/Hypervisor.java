// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Runs virtual machines, one for each sandbox. Every method may block and may be called by several
 * threads at once, for different machines.
 */
public interface Hypervisor extends AutoCloseable {
    /** Its name, such as {@code qemu}. */
    String name();

    /** What can be attached to its machines, and when. */
    Capabilities capabilities();

    /**
     * Whether what it needs is there.
     *
     * @throws SandboxException.Unavailable naming what is missing, and how to get it
     */
    void check();

    /**
     * Makes ready what a machine needs; it does not run yet. When this throws, nothing of it is
     * left.
     *
     * @throws SandboxException.Unsupported if it has a device that can't be attached before it runs
     */
    PreparedMachine prepare(MachineConfig config);

    /**
     * Finds a machine again that runs. Looks at processes and files only.
     *
     * @param directory that it was prepared with
     * @return empty if it does not run, or not as a whole: then {@link #remove} takes away the rest
     */
    Optional<Machine> find(Path directory);

    /**
     * Ends and removes whatever there is of a machine: running, half prepared or ended. Doing it
     * twice is harmless.
     *
     * @param directory that it was prepared with; it is gone then
     */
    void remove(Path directory);

    /** Lets go without ending any machine. */
    @Override
    void close();
}
