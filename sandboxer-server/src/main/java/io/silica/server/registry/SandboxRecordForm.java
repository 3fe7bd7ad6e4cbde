// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import io.silica.server.registry.SandboxRecord.DeletedRecord;
import io.silica.server.registry.SandboxRecord.DnsRecord;
import io.silica.server.registry.SandboxRecord.PodRecord;
import io.silica.server.registry.SandboxRecord.ResourcesRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Between the model and its form on disk. */
final class SandboxRecordForm {
    private static final String CREATING = "creating";

    private SandboxRecordForm() {}

    /** A sandbox that is about to be made: a daemon that dies meanwhile finds what to undo. */
    static SandboxRecord creating(SandboxSpec spec, Instant createdAt) {
        return record(
                spec,
                Map.of(),
                createdAt,
                CREATING,
                new SandboxState.Created(),
                false,
                List.of(),
                List.of());
    }

    static SandboxRecord record(
            SandboxSpec spec,
            Map<String, String> identity,
            Instant createdAt,
            SandboxState state,
            boolean claimed,
            List<TaskRecord> tasks,
            List<DeletedRecord> deleted) {
        return record(spec, identity, createdAt, label(state), state, claimed, tasks, deleted);
    }

    private static SandboxRecord record(
            SandboxSpec spec,
            Map<String, String> identity,
            Instant createdAt,
            String label,
            SandboxState state,
            boolean claimed,
            List<TaskRecord> tasks,
            List<DeletedRecord> deleted) {
        var running = state instanceof SandboxState.Running r ? r : null;
        var exit = state instanceof SandboxState.Stopped(ExitStatus status) ? status : null;
        return new SandboxRecord(
                spec.id().value(),
                pod(spec.pod()),
                spec.hostname(),
                netns(spec.network()),
                new DnsRecord(spec.dns().servers(), spec.dns().searches(), spec.dns().options()),
                spec.cgroupParent().orElse(null),
                resources(spec.resources().containers()),
                resources(spec.resources().overhead()),
                spec.annotations(),
                spec.labels(),
                spec.handler(),
                identity,
                createdAt.toString(),
                label,
                (claimed || state instanceof SandboxState.Created) ? null : true,
                running == null ? 0 : running.pid(),
                running == null ? null : running.startedAt().toString(),
                exit == null ? null : exit.code(),
                exit == null ? null : exit.at().toString(),
                tasks,
                deleted.isEmpty() ? null : deleted,
                spec.sysctls().isEmpty() ? null : spec.sysctls());
    }

    /**
     * @throws IllegalArgumentException or a SandboxException if a value is not what the model takes
     */
    static KnownSandbox known(SandboxRecord record) {
        SandboxSpec spec = spec(record);
        return new KnownSandbox(
                spec,
                record.identity(),
                RecordValue.instant("created-at", record.createdAt()),
                state(record),
                isClaimed(record),
                record.state().equals(CREATING),
                record.tasks().stream()
                        .filter(it -> !TaskRecordForm.isBeingCreated(it))
                        .map(it -> TaskRecordForm.task(spec.id(), it))
                        .toList(),
                record.tasks().stream()
                        .filter(TaskRecordForm::isBeingCreated)
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        it -> new ContainerId(it.id()),
                                        it -> Path.of(it.bundle()))),
                Optional.ofNullable(record.deleted()).orElseGet(List::of).stream()
                        .map(TaskRecordForm::tombstone)
                        .toList());
    }

    private static boolean isClaimed(SandboxRecord record) {
        return switch (record.state()) {
            case CREATING, "created" -> false;
            default -> !Boolean.TRUE.equals(record.unclaimed());
        };
    }

    private static SandboxSpec spec(SandboxRecord record) {
        PodRecord pod = record.pod();
        DnsRecord dns = record.dns();
        return new SandboxSpec(
                new SandboxId(record.id()),
                new PodIdentity(pod.name(), pod.namespace(), pod.uid(), pod.attempt()),
                record.hostname(),
                network(record.netns()),
                new DnsConfig(dns.servers(), dns.searches(), dns.options()),
                Optional.ofNullable(record.cgroupParent()),
                new PodResources(resources(record.containers()), resources(record.overhead())),
                record.annotations(),
                record.labels(),
                record.handler(),
                Optional.ofNullable(record.sysctls()).orElseGet(Map::of));
    }

    private static SandboxState state(SandboxRecord record) {
        return switch (record.state()) {
            case CREATING, "created" -> new SandboxState.Created();
            case "running" ->
                    new SandboxState.Running(
                            record.pid(), RecordValue.instant("started-at", record.startedAt()));
            case "stopped" ->
                    new SandboxState.Stopped(
                            RecordValue.exit(record.exitCode(), record.exitedAt()));
            default -> throw new IllegalArgumentException("unknown state " + record.state());
        };
    }

    private static String label(SandboxState state) {
        return switch (state) {
            case SandboxState.Created _ -> "created";
            case SandboxState.Running _ -> "running";
            case SandboxState.Stopped _ -> "stopped";
        };
    }

    private static PodRecord pod(PodIdentity pod) {
        return new PodRecord(pod.name(), pod.namespace(), pod.uid(), pod.attempt());
    }

    private static @Nullable String netns(SandboxNetwork network) {
        return switch (network) {
            case SandboxNetwork.Host _ -> null;
            case SandboxNetwork.Namespace(Path path) -> path.toString();
        };
    }

    private static SandboxNetwork network(@Nullable String netns) {
        return netns == null
                ? new SandboxNetwork.Host()
                : new SandboxNetwork.Namespace(Path.of(netns));
    }

    private static ResourcesRecord resources(Resources r) {
        return new ResourcesRecord(
                r.memoryLimitBytes(), r.cpuShares(), r.cpuQuotaMicros(), r.cpuPeriodMicros());
    }

    private static Resources resources(ResourcesRecord r) {
        return new Resources(
                r.memoryLimitBytes(), r.cpuShares(), r.cpuQuotaMicros(), r.cpuPeriodMicros());
    }
}
