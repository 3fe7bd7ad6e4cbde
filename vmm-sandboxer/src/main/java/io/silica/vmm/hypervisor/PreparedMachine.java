// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

/** A machine that can be booted, once. */
public interface PreparedMachine extends AutoCloseable {
    /**
     * Boots it, and returns when its program runs; what it does is the guest's business.
     *
     * @throws io.silica.sandbox.SandboxException.Failed with what the program said, if it ended at
     *     once: nothing is left then
     */
    Machine boot();

    /** Undoes the preparation, unless it was booted. */
    @Override
    void close();
}
