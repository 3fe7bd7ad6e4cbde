// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.Sandboxer;
import io.silica.server.config.LimitsConfig;
import io.silica.server.fake.FakeProgramKind;
import io.silica.server.host.BlockingCalls;
import io.silica.vmm.network.PodNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** This kind on machines in memory, as the contracts see it. */
final class FakeVmmKind implements FakeProgramKind {
    private static final GuestSize.Rules SIZE =
            new GuestSize.Rules(256L << 20, 128L << 20, 64L << 20, 2);

    private final FakeHypervisor.Survivors survivors = new FakeHypervisor.Survivors();
    private final FakeParking parking = new FakeParking();

    @Override
    public Sandboxer sandboxer(Path state) {
        return new VmmSandboxer(
                new VmmConfig(
                        state, SIZE, 64L << 20, Duration.ofSeconds(30), Duration.ofSeconds(5)),
                new FakeHypervisor(survivors),
                PodNetwork.none(),
                parking,
                BlockingCalls.ofSandboxes(
                        LimitsConfig.DEFAULT.blockingCallsPerSandbox(),
                        LimitsConfig.DEFAULT.nativeCallDeadline()));
    }

    FakeHypervisor.Survivors survivors() {
        return survivors;
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
        survivors.container(container).process("").end(7);
        return 7;
    }

    @Override
    public void killAgents() {
        survivors.kill();
    }

    @Override
    public void cleanUp() {
        assertThat(parking.names()).isEmpty();
        survivors.kill();
    }
}
