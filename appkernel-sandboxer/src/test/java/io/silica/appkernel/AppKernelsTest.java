// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.kernel.AppKernel;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AppKernelsTest {
    private final FakeAppKernel.Survivors onGvisor = new FakeAppKernel.Survivors();
    private final FakeAppKernel.Survivors onQuark = new FakeAppKernel.Survivors();
    private final AppKernel gvisor = new FakeAppKernel("gvisor", onGvisor);
    private final AppKernel quark = new FakeAppKernel("quark", onQuark);

    @Test
    void aHandlerThatIsCalledAsAKernelChoosesIt() {
        var sandboxer = new AppKernelSandboxer(new AppKernels(gvisor, List.of(quark)));
        sandboxer.create(spec("s1", "gvisor"));
        sandboxer.create(spec("s2", "quark"));
        assertThat(onGvisor.has(new SandboxId("s1"))).isTrue();
        assertThat(onQuark.has(new SandboxId("s2"))).isTrue();
    }

    @Test
    void anyOtherHandlerHasTheUsualOne() {
        new AppKernelSandboxer(new AppKernels(quark, List.of(gvisor)))
                .create(spec("s1", "appkernel"));
        assertThat(onQuark.has(new SandboxId("s1"))).isTrue();
    }

    @Test
    void aSandboxStaysOnItsKernelWhicheverIsTheUsualOne() {
        var spec = spec("s1", "appkernel");
        var identity =
                new AppKernelSandboxer(new AppKernels(gvisor, List.of(quark)))
                        .create(spec)
                        .identity();
        var next = new AppKernelSandboxer(new AppKernels(quark, List.of(gvisor)));
        assertThat(next.adopt(spec, identity, true)).isPresent();
        assertThat(onQuark.has(spec.id())).isFalse();
        next.endStrangers(_ -> false);
        assertThat(onGvisor.has(spec.id())).isFalse();
    }

    /** The daemon may have died before it had written its kernel down. */
    @Test
    void aSandboxWhoseKernelWasNotWrittenDownIsOnThatOfItsHandler() {
        var sandboxer = new AppKernelSandboxer(new AppKernels(gvisor, List.of(quark)));
        var spec = spec("s1", "quark");
        sandboxer.create(spec);
        assertThat(sandboxer.adopt(spec, Map.of(), false)).isPresent();
    }

    @Test
    void aKernelThatThereIsNotIsNamed() {
        var sandboxer = new AppKernelSandboxer(gvisor);
        assertThatThrownBy(() ->
                        sandboxer.adopt(spec("s1", "appkernel"), Map.of("kernel", "plan9"), true))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("plan9");
    }

    private static SandboxSpec spec(String id, String handler) {
        return new SandboxSpec(
                new SandboxId(id),
                new PodIdentity("pod", "tests", "1", 0),
                "",
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                handler);
    }
}
