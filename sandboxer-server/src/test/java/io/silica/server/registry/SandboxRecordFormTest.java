// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import io.silica.sandbox.Stdio;
import io.silica.server.registry.SandboxRecord.ExecRecord;
import io.silica.server.registry.SandboxRecord.ProcessRecord;
import io.silica.server.registry.SandboxRecord.StdioRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxRecordFormTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678901234Z");

    private static final SandboxSpec SPEC = spec(new SandboxNetwork.Host(), Optional.empty());
    private static final StdioRecord STDIO = new StdioRecord("", "/out", "/err", true);

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
        assertThat(known(record(spec, new SandboxState.Created())).spec()).isEqualTo(spec);
    }

    @ParameterizedTest
    @MethodSource("states")
    void theStateComesBackAsItWas(SandboxState state) {
        KnownSandbox known = known(record(SPEC, state));
        assertThat(known.state()).isEqualTo(state);
        assertThat(known.createdAt()).isEqualTo(CREATED);
        assertThat(known.identity()).isEqualTo(Map.of("pid", "7"));
        assertThat(known.halfMade()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whetherAStartedOneIsClaimedComesBackAsItWas(boolean claimed) {
        SandboxRecord record =
                SandboxRecordForm.record(
                        SPEC,
                        Map.of(),
                        CREATED,
                        new SandboxState.Running(0, CREATED),
                        claimed,
                        List.of(),
                        List.of());
        assertThat(known(record).claimed()).isEqualTo(claimed);
    }

    @Test
    void oneOfARecordThatSaysNothingOfItIsClaimedOnceItIsStarted() {
        assertThat(known(record(SPEC, new SandboxState.Running(0, CREATED))).claimed()).isTrue();
        assertThat(known(record(SPEC, new SandboxState.Created())).claimed()).isFalse();
    }

    @Test
    void whatWasAboutToBeMadeIsHalfMade() {
        assertThat(known(SandboxRecordForm.creating(SPEC, CREATED)).halfMade()).isTrue();
    }

    @Test
    void aContainerThatWasBeingCreatedIsATraceOfItsBundle() {
        KnownSandbox known = known(record(SPEC, new SandboxState.Running(0, CREATED)));
        assertThat(known.traces()).isEqualTo(Map.of(new ContainerId("c1"), Path.of("/bundle/c1")));
        assertThat(known.tasks()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("processes")
    void aTaskComesBackWithItsProcessesAsTheyWere(ProcessRecord written, ProcessState state) {
        var task =
                new TaskRecord("c2", "/bundle/c2", written, List.of(new ExecRecord("e1", written)));
        FormerTask former = TaskRecordForm.task(SPEC.id(), task);
        assertThat(former.request().bundle()).isEqualTo(Path.of("/bundle/c2"));
        assertThat(former.request().stdio()).isEqualTo(new Stdio("", "/out", "/err", true));
        assertThat(former.init().state()).isEqualTo(state);
        assertThat(former.init().pid()).isEqualTo(7);
        assertThat(former.execs()).containsOnlyKeys(new ExecId("e1"));
        assertThat(former.execs().get(new ExecId("e1"))).isEqualTo(former.init());
    }

    static Stream<Arguments> processes() {
        return Stream.of(
                arguments(process("created"), new ProcessState.Created()),
                arguments(process("running"), new ProcessState.Running()),
                arguments(process("paused"), new ProcessState.Paused()),
                arguments(
                        new ProcessRecord("stopped", 7, STDIO, 137, CREATED.toString()),
                        new ProcessState.Stopped(new ExitStatus(137, CREATED))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Running", "stopped"})
    void aPhaseThatNobodyKnowsOrThatLacksItsEndIsRefused(String phase) {
        var task = new TaskRecord("c2", "/bundle/c2", process(phase), null);
        assertThatThrownBy(() -> TaskRecordForm.task(SPEC.id(), task))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatADeleteWasAnsweredComesBack() {
        var tombstone =
                new Tombstone(
                        new ContainerId("c1"),
                        Optional.of(new ExecId("e1")),
                        7,
                        new ExitStatus(3, CREATED));
        SandboxRecord record =
                SandboxRecordForm.record(
                        SPEC,
                        Map.of(),
                        CREATED,
                        new SandboxState.Created(),
                        false,
                        List.of(),
                        List.of(TaskRecordForm.record(tombstone)));
        assertThat(known(record).tombstones()).containsExactly(tombstone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Running", "paused"})
    void aStateThatNobodyKnowsIsRefused(String label) {
        assertThatThrownBy(() -> known(withState(label)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "stopped"})
    void aStateWithoutWhatBelongsToItIsRefused(String label) {
        assertThatThrownBy(() -> known(withState(label)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is missing");
    }

    private static KnownSandbox known(SandboxRecord record) {
        return SandboxRecordForm.known(record);
    }

    private static ProcessRecord process(String phase) {
        return new ProcessRecord(phase, 7, STDIO, null, null);
    }

    private static SandboxRecord record(SandboxSpec spec, SandboxState state) {
        return SandboxRecordForm.record(
                spec,
                Map.of("pid", "7"),
                CREATED,
                state,
                true,
                List.of(TaskRecordForm.traces(new ContainerId("c1"), Path.of("/bundle/c1"))),
                List.of());
    }

    private static SandboxRecord withState(String label) {
        SandboxRecord r = record(SPEC, new SandboxState.Created());
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
                r.unclaimed(),
                r.pid(),
                r.startedAt(),
                r.exitCode(),
                r.exitedAt(),
                r.tasks(),
                r.deleted(),
                r.sysctls());
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
                "wasm",
                Map.of("net.ipv4.ip_forward", "1"));
    }
}
