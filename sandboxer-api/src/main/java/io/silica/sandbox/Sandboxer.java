// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes sandboxes of one kind. This is what a kind implements; the shared server does the rest: it
 * keeps states and records, prepares rootfs, cgroup and stdio on the host and speaks to containerd.
 *
 * <p>Every method may block, may be called by several threads at once for different sandboxes, and
 * throws {@link SandboxException}.
 */
public interface Sandboxer extends AutoCloseable {
    /** The kind, such as {@code wasm}. */
    String kind();

    /** What images its sandboxes run. */
    default Platform platform() {
        return Platform.ofThisMachine();
    }

    /**
     * Prepares a sandbox. When this throws, nothing of it is left.
     *
     * @throws SandboxException.InvalidArgument if this kind can never carry out the spec
     */
    Sandbox create(SandboxSpec spec);

    /**
     * Finds a sandbox again that an earlier life of the daemon made: half of it, perhaps, if that
     * life ended within {@link #create} or {@link Sandbox#start}. Looks at processes and files only
     * and waits for no agent, so that one agent that does not answer holds up nobody: that is for
     * {@link Sandbox#adoptContainers}, which is called next. Is called again after it has thrown.
     *
     * @param identity what {@link Sandbox#identity} said last; empty if it was never asked
     * @param started whether it had been started
     * @return empty if it is gone; then nothing of it is left
     * @throws SandboxException.InvalidArgument if the identity makes no sense; anything else that
     *     is thrown is taken for a reason that passes
     */
    Optional<Sandbox> adopt(SandboxSpec spec, Map<String, String> identity, boolean started);

    /**
     * Ends and deletes what the kind still has of sandboxes that nobody knows: left behind by a
     * life of the daemon that did not come to write them down. Is called once all records have been
     * adopted, beside anything else, and again after it has thrown.
     *
     * @param known whether a sandbox is known, at the moment of the question
     */
    void endStrangers(Predicate<SandboxId> known);

    /** Lets go without ending any sandbox: they live on until the next daemon adopts them. */
    @Override
    void close();
}
