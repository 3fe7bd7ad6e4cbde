// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import com.google.protobuf.Message;
import io.silica.proto.containerd.events.TaskCreate;
import io.silica.proto.containerd.events.TaskDelete;
import io.silica.proto.containerd.events.TaskExecAdded;
import io.silica.proto.containerd.events.TaskExecStarted;
import io.silica.proto.containerd.events.TaskExit;
import io.silica.proto.containerd.events.TaskIO;
import io.silica.proto.containerd.events.TaskOOM;
import io.silica.proto.containerd.events.TaskPaused;
import io.silica.proto.containerd.events.TaskResumed;
import io.silica.proto.containerd.events.TaskStart;
import io.silica.proto.containerd.types.Envelope;
import io.silica.proto.containerd.types.Mount;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.Stdio;
import io.silica.sandbox.TaskEvent;
import io.silica.server.wire.BareAny;
import io.silica.server.wire.Timestamps;
import java.time.Instant;

/** Writes task events as containerd takes them: an envelope with a topic around a message. */
final class TaskEventForm {
    private TaskEventForm() {}

    static Envelope envelope(TaskEvent event, String namespace, Instant at) {
        return Envelope.newBuilder()
                .setTimestamp(Timestamps.of(at))
                .setNamespace(namespace)
                .setTopic(topic(event))
                .setEvent(BareAny.pack(message(event)))
                .build();
    }

    private static String topic(TaskEvent event) {
        return switch (event) {
            case TaskEvent.Created _ -> "/tasks/create";
            case TaskEvent.Started _ -> "/tasks/start";
            case TaskEvent.Exited _ -> "/tasks/exit";
            case TaskEvent.Deleted _ -> "/tasks/delete";
            case TaskEvent.OutOfMemory _ -> "/tasks/oom";
            case TaskEvent.ExecAdded _ -> "/tasks/exec-added";
            case TaskEvent.ExecStarted _ -> "/tasks/exec-started";
            case TaskEvent.Paused _ -> "/tasks/paused";
            case TaskEvent.Resumed _ -> "/tasks/resumed";
        };
    }

    private static Message message(TaskEvent event) {
        String container = event.container().value();
        return switch (event) {
            case TaskEvent.Created created -> create(created);
            case TaskEvent.Started started ->
                    TaskStart.newBuilder().setContainerId(container).setPid(started.pid()).build();
            case TaskEvent.Exited exited -> exit(exited);
            case TaskEvent.Deleted deleted -> delete(deleted);
            case TaskEvent.OutOfMemory _ -> TaskOOM.newBuilder().setContainerId(container).build();
            case TaskEvent.ExecAdded added ->
                    TaskExecAdded.newBuilder()
                            .setContainerId(container)
                            .setExecId(added.exec().value())
                            .build();
            case TaskEvent.ExecStarted started ->
                    TaskExecStarted.newBuilder()
                            .setContainerId(container)
                            .setExecId(started.exec().value())
                            .setPid(started.pid())
                            .build();
            case TaskEvent.Paused _ -> TaskPaused.newBuilder().setContainerId(container).build();
            case TaskEvent.Resumed _ -> TaskResumed.newBuilder().setContainerId(container).build();
        };
    }

    private static TaskCreate create(TaskEvent.Created created) {
        return TaskCreate.newBuilder()
                .setContainerId(created.container().value())
                .setBundle(created.bundle())
                .addAllRootfs(created.rootfs().stream().map(TaskEventForm::mount).toList())
                .setIo(io(created.stdio()))
                .setPid(created.pid())
                .build();
    }

    private static TaskExit exit(TaskEvent.Exited exited) {
        return TaskExit.newBuilder()
                .setContainerId(exited.container().value())
                .setId(exited.process())
                .setPid(exited.pid())
                .setExitStatus(exited.exit().code())
                .setExitedAt(Timestamps.of(exited.exit().at()))
                .build();
    }

    private static TaskDelete delete(TaskEvent.Deleted deleted) {
        return TaskDelete.newBuilder()
                .setContainerId(deleted.container().value())
                .setPid(deleted.pid())
                .setExitStatus(deleted.exit().code())
                .setExitedAt(Timestamps.of(deleted.exit().at()))
                .build();
    }

    private static TaskIO io(Stdio stdio) {
        return TaskIO.newBuilder()
                .setStdin(stdio.stdin())
                .setStdout(stdio.stdout())
                .setStderr(stdio.stderr())
                .setTerminal(stdio.terminal())
                .build();
    }

    private static Mount mount(MountSpec mount) {
        return Mount.newBuilder()
                .setType(mount.type())
                .setSource(mount.source())
                .setTarget(mount.destination())
                .addAllOptions(mount.options())
                .build();
    }
}
