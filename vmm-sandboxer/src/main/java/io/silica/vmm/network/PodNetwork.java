// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.network;

import io.silica.proto.guest.PrepareRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.vmm.hypervisor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How a pod's network gets into its machine. */
public interface PodNetwork extends AutoCloseable {
    /**
     * Whether a pod can have the network that it asks for.
     *
     * @throws SandboxException.Unsupported if no machine can have that
     */
    void check(SandboxSpec spec);

    /** The namespace that the machine's program runs in; empty for the daemon's. */
    Optional<Path> namespace(SandboxSpec spec);

    /** Makes ready what the guest is attached to; doing it twice gives the same. May block. */
    Attachment attach(SandboxSpec spec);

    /** Lets go of what it works with; networks stay as they are. */
    @Override
    void close();

    /**
     * What the machine and the guest are given.
     *
     * @param devices of the machine
     * @param guest interfaces, routes and neighbours, for the agent
     */
    record Attachment(List<Device> devices, PrepareRequest guest) {
        public Attachment {
            devices = List.copyOf(devices);
        }
    }

    /** Machines that have no network. */
    static PodNetwork none() {
        return new PodNetwork() {
            @Override
            public void check(SandboxSpec spec) {}

            @Override
            public Optional<Path> namespace(SandboxSpec spec) {
                return switch (spec.network()) {
                    case SandboxNetwork.Host() -> Optional.empty();
                    case SandboxNetwork.Namespace(Path path) -> Optional.of(path);
                };
            }

            @Override
            public Attachment attach(SandboxSpec spec) {
                return new Attachment(List.of(), PrepareRequest.getDefaultInstance());
            }

            @Override
            public void close() {}
        };
    }
}
