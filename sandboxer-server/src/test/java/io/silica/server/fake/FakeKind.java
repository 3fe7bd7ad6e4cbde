// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Sandboxer;
import java.nio.file.Path;
import java.util.List;

/** The fake as the contracts see it. */
final class FakeKind implements FakeProgramKind {
    private final Faults faults = new Faults();
    private final FakeSandboxer.Survivors survivors = new FakeSandboxer.Survivors();

    @Override
    public Sandboxer sandboxer(Path state) {
        return new FakeSandboxer(faults, survivors);
    }

    @Override
    public boolean pauses() {
        return true;
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
        survivors.containers().forEach(it -> survivors.forget(new ContainerId(it)));
    }
}
