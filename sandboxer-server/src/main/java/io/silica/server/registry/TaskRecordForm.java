// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import io.silica.server.host.ContainerRequest;
import io.silica.server.registry.SandboxRecord.DeletedRecord;
import io.silica.server.registry.SandboxRecord.ExecRecord;
import io.silica.server.registry.SandboxRecord.ProcessRecord;
import io.silica.server.registry.SandboxRecord.StdioRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Between tasks and their form on disk. What reads throws IllegalArgumentException or a
 * SandboxException at what the model does not take.
 */
final class TaskRecordForm {
    private TaskRecordForm() {}

    /** A container that is being created: what of it is on the host. */
    static TaskRecord traces(ContainerId id, Path bundle) {
        return new TaskRecord(id.value(), bundle.toString(), null, null);
    }

    static TaskRecord record(Task task) {
        List<ExecRecord> execs =
                task.execs().entrySet().stream()
                        .map(it -> new ExecRecord(it.getKey().value(), record(it.getValue())))
                        .toList();
        return new TaskRecord(
                task.id().value(),
                task.bundle().toString(),
                record(task.process(Optional.empty())),
                execs.isEmpty() ? null : execs);
    }

    static DeletedRecord record(Tombstone tombstone) {
        return new DeletedRecord(
                tombstone.container().value(),
                tombstone.exec().map(ExecId::value).orElse(null),
                tombstone.pid(),
                tombstone.exit().code(),
                tombstone.exit().at().toString());
    }

    static boolean isBeingCreated(TaskRecord record) {
        return record.init() == null;
    }

    static FormerTask task(SandboxId sandbox, TaskRecord record) {
        FormerProcess init = process(RecordValue.present("init", record.init()));
        var request =
                new ContainerRequest(
                        new ContainerId(record.id()),
                        sandbox,
                        Path.of(record.bundle()),
                        List.of(),
                        init.stdio());
        return new FormerTask(request, init, execs(record.execs()));
    }

    static Tombstone tombstone(DeletedRecord record) {
        return new Tombstone(
                new ContainerId(record.container()),
                Optional.ofNullable(record.exec()).map(ExecId::new),
                record.pid(),
                RecordValue.exit(record.exitCode(), record.exitedAt()));
    }

    private static Map<ExecId, FormerProcess> execs(@Nullable List<ExecRecord> records) {
        return records == null
                ? Map.of()
                : records.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        it -> new ExecId(it.id()), it -> process(it.process())));
    }

    private static ProcessRecord record(TaskProcess process) {
        ProcessState state = process.state();
        var exit = state instanceof ProcessState.Stopped(ExitStatus status) ? status : null;
        Stdio stdio = process.stdio();
        return new ProcessRecord(
                phase(state),
                process.pid(),
                new StdioRecord(stdio.stdin(), stdio.stdout(), stdio.stderr(), stdio.terminal()),
                exit == null ? null : exit.code(),
                exit == null ? null : exit.at().toString());
    }

    private static FormerProcess process(ProcessRecord record) {
        StdioRecord stdio = RecordValue.present("stdio", record.stdio());
        return new FormerProcess(
                record.pid(),
                new Stdio(
                        RecordValue.present("stdin", stdio.stdin()),
                        RecordValue.present("stdout", stdio.stdout()),
                        RecordValue.present("stderr", stdio.stderr()),
                        stdio.terminal()),
                state(record));
    }

    private static String phase(ProcessState state) {
        return switch (state) {
            case ProcessState.Created _ -> "created";
            case ProcessState.Running _ -> "running";
            case ProcessState.Paused _ -> "paused";
            case ProcessState.Stopped _ -> "stopped";
        };
    }

    private static ProcessState state(ProcessRecord record) {
        return switch (RecordValue.present("phase", record.phase())) {
            case "created" -> new ProcessState.Created();
            case "running" -> new ProcessState.Running();
            case "paused" -> new ProcessState.Paused();
            case "stopped" ->
                    new ProcessState.Stopped(
                            RecordValue.exit(record.exitCode(), record.exitedAt()));
            default -> throw new IllegalArgumentException("unknown phase " + record.phase());
        };
    }
}
