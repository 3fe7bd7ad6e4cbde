// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.Map;
import java.util.Optional;

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
     * Finds a sandbox again that an earlier life of the daemon made. Containers that are still in
     * it are ended: the connections by which containerd knew them ended with that life.
     *
     * @param identity what {@link Sandbox#identity} said then
     * @param started whether it had been started
     * @return empty if it is gone; then nothing of it is left
     */
    Optional<Sandbox> adopt(SandboxSpec spec, Map<String, String> identity, boolean started);

    /** Lets go without ending any sandbox: they live on until the next daemon adopts them. */
    @Override
    void close();
}
