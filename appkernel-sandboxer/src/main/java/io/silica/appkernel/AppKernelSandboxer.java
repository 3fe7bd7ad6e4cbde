// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The kind {@code appkernel}: each pod has an application kernel of its own. */
public final class AppKernelSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "appkernel";

    private static final String KERNEL = "kernel";

    private final AppKernels kernels;

    /**
     * @param kernel what all pods run on; its owner is this
     */
    public AppKernelSandboxer(AppKernel kernel) {
        this(new AppKernels(kernel, List.of()));
    }

    /**
     * @param kernels what pods run on; their owner is this
     */
    public AppKernelSandboxer(AppKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        var kernel = kernels.of(spec.handler());
        kernel.probe();
        return sandbox(spec, kernel, kernel.prepare(spec));
    }

    /** What can be found is found by the sandbox's id, by the kernel that it was made with. */
    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        var kernel = kernel(spec, identity);
        return kernel.find(spec, started).map(it -> sandbox(spec, kernel, it));
    }

    private AppKernel kernel(SandboxSpec spec, Map<String, String> identity) {
        var written = identity.get(KERNEL);
        if (written == null) {
            return kernels.of(spec.handler());
        }
        return kernels.named(written)
                .orElseThrow(() ->
                        new SandboxException.InvalidArgument(
                                "sandbox \"%s\" was made on the kernel \"%s\", which there is not"
                                        .formatted(spec.id(), written)));
    }

    private static Sandbox sandbox(SandboxSpec spec, AppKernel kernel, KernelSandbox made) {
        return new AppKernelSandbox(spec.id(), made, Map.of(KERNEL, kernel.name()));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        kernels.all().forEach(it -> it.endStrangers(known));
    }

    @Override
    public void close() {
        kernels.all().forEach(AppKernel::close);
    }
}
