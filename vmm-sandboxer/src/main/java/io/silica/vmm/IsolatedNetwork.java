// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.proto.guest.PrepareRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Machines whose programs are in the pod's network namespace, and whose guests have none of it. */
final class IsolatedNetwork implements PodNetwork {
    @Override
    public void check(SandboxSpec spec) {
        var _ = namespace(spec);
    }

    @Override
    public Optional<Path> namespace(SandboxSpec spec) {
        return switch (spec.network()) {
            case SandboxNetwork.Host() ->
                    throw new SandboxException.Unsupported(
                            "sandbox \"%s\" asks for hostNetwork: a virtual machine has no share in the host's network"
                                    .formatted(spec.id()));
            case SandboxNetwork.Namespace(Path path) -> Optional.of(path);
        };
    }

    @Override
    public Attachment attach(SandboxSpec spec) {
        return new Attachment(List.of(), PrepareRequest.getDefaultInstance());
    }
}
