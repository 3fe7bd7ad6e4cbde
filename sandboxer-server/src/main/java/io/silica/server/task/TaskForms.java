// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.containerd.types.Mount;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import io.silica.server.host.ContainerRequest;
import io.silica.server.registry.Task;
import io.silica.server.registry.TaskProcess;
import io.silica.server.registry.Tombstone;
import io.silica.server.wire.Timestamps;
import java.nio.file.Path;
import java.util.Optional;

/** Between containerd's messages about tasks and what they mean. */
final class TaskForms {
    private TaskForms() {}

    static Optional<ExecId> execId(String id) {
        return id.isEmpty() ? Optional.empty() : Optional.of(new ExecId(id));
    }

    /**
     * What is to be created. The request does not say in which sandbox: its bundle does.
     *
     * @throws SandboxException.InvalidArgument if it makes no container
     */
    static ContainerRequest container(CreateTaskRequest request) {
        Path bundle = bundle(request);
        return new ContainerRequest(
                new ContainerId(request.getId()),
                BundleSandbox.read(bundle),
                bundle,
                request.getRootfsList().stream().map(TaskForms::mount).toList(),
                new Stdio(
                        request.getStdin(),
                        request.getStdout(),
                        request.getStderr(),
                        request.getTerminal()));
    }

    private static Path bundle(CreateTaskRequest request) {
        Path bundle = Path.of(request.getBundle());
        if (!bundle.isAbsolute()) {
            throw new SandboxException.InvalidArgument(
                    "bundle \"%s\" of container \"%s\" is no absolute path"
                            .formatted(request.getBundle(), request.getId()));
        }
        return bundle;
    }

    private static MountSpec mount(Mount mount) {
        return new MountSpec(
                mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList());
    }

    static Stdio stdio(ExecProcessRequest request) {
        return new Stdio(
                request.getStdin(),
                request.getStdout(),
                request.getStderr(),
                request.getTerminal());
    }

    static CreateTaskResponse created(Task task) {
        return CreateTaskResponse.newBuilder().setPid(task.process(Optional.empty()).pid()).build();
    }

    static StartResponse started(TaskProcess process) {
        return StartResponse.newBuilder().setPid(process.pid()).build();
    }

    static StateResponse state(StateRequest request, Task task) {
        TaskProcess process = task.process(execId(request.getExecId()));
        Stdio stdio = process.stdio();
        var response =
                StateResponse.newBuilder()
                        .setId(request.getId())
                        .setExecId(request.getExecId())
                        .setBundle(task.bundle().toString())
                        .setPid(process.pid())
                        .setStdin(stdio.stdin())
                        .setStdout(stdio.stdout())
                        .setStderr(stdio.stderr())
                        .setTerminal(stdio.terminal());
        switch (process.state()) {
            case ProcessState.Created _ -> response.setStatus(Status.CREATED);
            case ProcessState.Running _ -> response.setStatus(Status.RUNNING);
            case ProcessState.Paused _ -> response.setStatus(Status.PAUSED);
            case ProcessState.Stopped(ExitStatus exit) ->
                    response.setStatus(Status.STOPPED)
                            .setExitStatus(exit.code())
                            .setExitedAt(Timestamps.of(exit.at()));
        }
        return response.build();
    }

    static WaitResponse waited(ExitStatus exit) {
        return WaitResponse.newBuilder()
                .setExitStatus(exit.code())
                .setExitedAt(Timestamps.of(exit.at()))
                .build();
    }

    static DeleteResponse deleted(Tombstone tombstone) {
        return DeleteResponse.newBuilder()
                .setPid(tombstone.pid())
                .setExitStatus(tombstone.exit().code())
                .setExitedAt(Timestamps.of(tombstone.exit().at()))
                .build();
    }
}
