// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.kernel;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes application kernels of one sort, one for each sandbox. Every method may block and may be
 * called by several threads at once, for different sandboxes.
 */
public interface AppKernel extends AutoCloseable {
    /** Its name, such as {@code gvisor}. */
    String name();

    /**
     * Whether it works on this machine: finds out what a short greeting does not show. The answer
     * is kept, so that only the first call takes its time.
     *
     * @throws SandboxException.Unavailable naming why it does not
     */
    void probe();

    /** Prepares a sandbox; nothing runs yet. When this throws, nothing of it is left. */
    KernelSandbox prepare(SandboxSpec spec);

    /**
     * Finds a sandbox again that an earlier life of the daemon prepared or started: half of it,
     * perhaps. Looks at processes and files only.
     *
     * @param started whether it had been started, as far as is known
     * @return empty if it is gone; then nothing of it is left
     */
    Optional<KernelSandbox> find(SandboxSpec spec, boolean started);

    /**
     * Ends and removes whatever there is of sandboxes that nobody knows.
     *
     * @param known whether a sandbox is known, at the moment of the question
     */
    void endStrangers(Predicate<SandboxId> known);

    /** Lets go without ending any sandbox. */
    @Override
    void close();
}
