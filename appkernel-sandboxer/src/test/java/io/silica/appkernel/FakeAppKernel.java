// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Kernels in memory. What lives on when a daemon dies is held by {@link Survivors}. */
final class FakeAppKernel implements AppKernel {
    private final String name;
    private final Survivors survivors;

    FakeAppKernel(Survivors survivors) {
        this("fake", survivors);
    }

    FakeAppKernel(String name, Survivors survivors) {
        this.name = name;
        this.survivors = survivors;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void probe() {}

    @Override
    public KernelSandbox prepare(SandboxSpec spec) {
        var sandbox = new FakeKernelSandbox(() -> survivors.sandboxes.remove(spec.id()));
        survivors.sandboxes.put(spec.id(), sandbox);
        return sandbox;
    }

    @Override
    public Optional<KernelSandbox> find(SandboxSpec spec, boolean started) {
        return Optional.ofNullable(survivors.sandboxes.get(spec.id()));
    }

    @Override
    public void endStrangers(Predicate<SandboxId> known) {
        survivors.sandboxes.forEach((id, sandbox) -> {
            if (!known.test(id)) {
                sandbox.close();
            }
        });
    }

    @Override
    public void close() {}

    /** The kernels that there are, whatever daemon lives. */
    static final class Survivors {
        private final Map<SandboxId, FakeKernelSandbox> sandboxes = new ConcurrentHashMap<>();

        boolean has(SandboxId id) {
            return sandboxes.containsKey(id);
        }

        List<String> containers() {
            return sandboxes.values().stream()
                    .flatMap(it -> it.containers().stream())
                    .map(it -> it.id().value())
                    .toList();
        }

        void end(ContainerId container, int code) {
            sandboxes.values().stream()
                    .flatMap(it -> it.container(container).stream())
                    .forEach(it -> it.init().end(code));
        }

        void kill() {
            sandboxes.values().forEach(FakeKernelSandbox::close);
        }
    }
}
