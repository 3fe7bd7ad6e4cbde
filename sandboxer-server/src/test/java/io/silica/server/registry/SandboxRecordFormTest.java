// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxRecordFormTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678901234Z");

    static Stream<SandboxSpec> specs() {
        return Stream.of(
                spec(new SandboxNetwork.Host(), Optional.empty()),
                spec(
                        new SandboxNetwork.Namespace(Path.of("/var/run/netns/cni-1")),
                        Optional.of("/kubepods/pod1")));
    }

    static Stream<SandboxState> states() {
        return Stream.of(
                new SandboxState.Created(),
                new SandboxState.Running(0, CREATED),
                new SandboxState.Stopped(new ExitStatus(137, CREATED)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatWasAskedComesBackAsItWas(SandboxSpec spec) {
        assertThat(SandboxRecordForm.spec(record(spec, new SandboxState.Created())))
                .isEqualTo(spec);
    }

    @ParameterizedTest
    @MethodSource("states")
    void theStateComesBackAsItWas(SandboxState state) {
        SandboxRecord record = record(specs().findFirst().orElseThrow(), state);
        assertThat(SandboxRecordForm.state(record)).isEqualTo(state);
        assertThat(SandboxRecordForm.createdAt(record)).isEqualTo(CREATED);
        assertThat(record.tasks()).containsExactly(new TaskRecord("c1", "/bundle/c1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Running", "paused"})
    void aStateThatNobodyKnowsIsRefused(String label) {
        SandboxRecord good = record(specs().findFirst().orElseThrow(), new SandboxState.Created());
        assertThatThrownBy(() -> SandboxRecordForm.state(withState(good, label)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "stopped"})
    void aStateWithoutWhatBelongsToItIsRefused(String label) {
        SandboxRecord good = record(specs().findFirst().orElseThrow(), new SandboxState.Created());
        assertThatThrownBy(() -> SandboxRecordForm.state(withState(good, label)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is missing");
    }

    private static SandboxRecord record(SandboxSpec spec, SandboxState state) {
        return SandboxRecordForm.record(
                spec,
                Map.of("pid", "7"),
                CREATED,
                state,
                List.of(new TaskRecord("c1", "/bundle/c1")));
    }

    private static SandboxRecord withState(SandboxRecord r, String label) {
        return new SandboxRecord(
                r.id(),
                r.pod(),
                r.hostname(),
                r.netns(),
                r.dns(),
                r.cgroupParent(),
                r.containers(),
                r.overhead(),
                r.annotations(),
                r.labels(),
                r.handler(),
                r.identity(),
                r.createdAt(),
                label,
                r.pid(),
                r.startedAt(),
                r.exitCode(),
                r.exitedAt(),
                r.tasks());
    }

    private static SandboxSpec spec(SandboxNetwork network, Optional<String> cgroupParent) {
        return new SandboxSpec(
                new SandboxId("s1"),
                new PodIdentity("web", "default", "uid-1", 2),
                "web",
                network,
                new DnsConfig(List.of("10.0.0.10"), List.of("svc"), List.of("ndots:5")),
                cgroupParent,
                new PodResources(new Resources(1 << 20, 512, 50_000, 100_000), Resources.UNLIMITED),
                Map.of("a", "b"),
                Map.of("name", "web_default_uid-1_2"),
                "wasm");
    }
}
