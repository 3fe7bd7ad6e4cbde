// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The kind {@code appkernel}: each pod has an application kernel of its own. */
public final class AppKernelSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "appkernel";

    private final AppKernel kernel;

    /**
     * @param kernel what pods run on; its owner is this
     */
    public AppKernelSandboxer(AppKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        kernel.probe();
        return sandbox(spec, kernel.prepare(spec));
    }

    /** What can be found is found by the sandbox's id. */
    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        return kernel.find(spec, started).map(it -> sandbox(spec, it));
    }

    private Sandbox sandbox(SandboxSpec spec, KernelSandbox made) {
        return new AppKernelSandbox(spec.id(), made, Map.of("kernel", kernel.name()));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        kernel.endStrangers(known);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
