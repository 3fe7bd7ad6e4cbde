// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Sandboxer;
import io.silica.server.fake.FakeProgramKind;
import java.nio.file.Path;
import java.util.List;

/** This kind on kernels in memory, as the contracts see it. */
final class FakeKernelKind implements FakeProgramKind {
    private final FakeAppKernel.Survivors survivors = new FakeAppKernel.Survivors();

    @Override
    public Sandboxer sandboxer(Path state) {
        return new AppKernelSandboxer(new FakeAppKernel(survivors));
    }

    @Override
    public boolean pauses() {
        return true;
    }

    @Override
    public boolean sandboxesOutliveTheirAgent() {
        return false;
    }

    @Override
    public List<String> containers() {
        return survivors.containers();
    }

    @Override
    public int end(String container) {
        survivors.end(new ContainerId(container), 7);
        return 7;
    }

    @Override
    public void killAgents() {
        survivors.kill();
    }
}
