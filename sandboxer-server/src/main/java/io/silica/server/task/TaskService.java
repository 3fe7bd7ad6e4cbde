// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import com.google.protobuf.Empty;
import io.silica.proto.containerd.task.CheckpointTaskRequest;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.ConnectRequest;
import io.silica.proto.containerd.task.ConnectResponse;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.ProcessInfo;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.ShutdownRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.UpdateTaskRequest;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.containerd.types.Mount;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.server.cgroupform.CgroupMetrics;
import io.silica.server.host.ContainerRequest;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.registry.Task;
import io.silica.server.registry.TaskProcess;
import io.silica.server.registry.Tombstone;
import io.silica.server.wire.Timestamps;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServiceDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Answers containerd about containers and their processes. */
public final class TaskService {
    private static final String VERSION = "v3";

    /** Who asks for it by the older name finds the same messages on the wire. */
    public static final List<String> NAMES =
            List.of("containerd.task.v3.Task", "containerd.task.v2.Task");

    private static final int OWN_PID = (int) ProcessHandle.current().pid();

    private final SandboxRegistry registry;
    private final OciSpecReader oci;
    private final BooleanSupplier room;

    /**
     * @param registry knows the tasks
     * @param oci reads the JSON in requests
     * @param room whether a container more can be served; those that are there always can
     */
    public TaskService(SandboxRegistry registry, OciSpecReader oci, BooleanSupplier room) {
        this.registry = registry;
        this.oci = oci;
        this.room = room;
    }

    /** The service under each of its names. */
    public List<ServiceDefinition> definitions() {
        return NAMES.stream().map(this::definition).toList();
    }

    private ServiceDefinition definition(String name) {
        var service = ServiceDefinition.named(name);
        service.unary("State", StateRequest.parser(), this::state, Dispatch.NON_BLOCKING);
        service.unary("Connect", ConnectRequest.parser(), this::connect, Dispatch.NON_BLOCKING);
        service.unary("Pids", PidsRequest.parser(), this::pids, Dispatch.NON_BLOCKING);
        service.unary("Shutdown", ShutdownRequest.parser(), this::shutdown, Dispatch.NON_BLOCKING);
        service.held("Wait", WaitRequest.parser(), this::await);
        service.unary("Create", CreateTaskRequest.parser(), this::create, Dispatch.BLOCKING);
        service.unary("Start", StartRequest.parser(), this::start, Dispatch.BLOCKING);
        service.unary("Delete", DeleteRequest.parser(), this::delete, Dispatch.BLOCKING);
        service.unary("Exec", ExecProcessRequest.parser(), this::exec, Dispatch.BLOCKING);
        service.unary("Kill", KillRequest.parser(), this::kill, Dispatch.BLOCKING);
        service.unary("ResizePty", ResizePtyRequest.parser(), this::resize, Dispatch.BLOCKING);
        service.unary("CloseIO", CloseIORequest.parser(), this::closeStdin, Dispatch.BLOCKING);
        service.unary("Pause", PauseRequest.parser(), this::pause, Dispatch.BLOCKING);
        service.unary("Resume", ResumeRequest.parser(), this::resume, Dispatch.BLOCKING);
        service.unary("Update", UpdateTaskRequest.parser(), this::update, Dispatch.BLOCKING);
        service.unary("Stats", StatsRequest.parser(), this::stats, Dispatch.BLOCKING);
        service.unary(
                "Checkpoint", CheckpointTaskRequest.parser(), this::checkpoint, Dispatch.BLOCKING);
        return service.build();
    }

    private StateResponse state(StateRequest request, CallContext context) {
        Task task = task(request.getId());
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

    private ConnectResponse connect(ConnectRequest request, CallContext context) {
        return ConnectResponse.newBuilder()
                .setShimPid(OWN_PID)
                .setTaskPid(init(request.getId()).pid())
                .setVersion(VERSION)
                .build();
    }

    private PidsResponse pids(PidsRequest request, CallContext context) {
        var response = PidsResponse.newBuilder();
        task(request.getId())
                .pids()
                .forEach(pid -> response.addProcesses(ProcessInfo.newBuilder().setPid(pid)));
        return response.build();
    }

    /** containerd 2.4 sends it after every delete, as if there were a shim for each container. */
    private Empty shutdown(ShutdownRequest request, CallContext context) {
        return Empty.getDefaultInstance();
    }

    private void await(WaitRequest request, CallContext context, Reply<WaitResponse> reply) {
        Exit.Registration waiting =
                task(request.getId())
                        .process(execId(request.getExecId()))
                        .exit()
                        .onExit(exit -> reply.complete(waited(exit)));
        context.onCancel(waiting::close);
    }

    private CreateTaskResponse create(CreateTaskRequest request, CallContext context) {
        if (!context.isReplay() && !room.getAsBoolean()) {
            throw new SandboxException.Exhausted(
                    "cannot create container \"%s\": the journal is nearly full, and what is left is for the containers that are there"
                            .formatted(request.getId()));
        }
        Path bundle = bundle(request);
        var wanted =
                new ContainerRequest(
                        new ContainerId(request.getId()),
                        BundleSandbox.read(bundle),
                        bundle,
                        request.getRootfsList().stream().map(TaskService::mount).toList(),
                        new Stdio(
                                request.getStdin(),
                                request.getStdout(),
                                request.getStderr(),
                                request.getTerminal()));
        try {
            Task task = registry.createTask(wanted, () -> context.cancellation().isPresent());
            return CreateTaskResponse.newBuilder()
                    .setPid(task.process(Optional.empty()).pid())
                    .build();
        } catch (SandboxException.Unsupported e) {
            // containerd takes Unimplemented for the sign of an older Task API, and tries that.
            throw new SandboxException.InvalidArgument(String.valueOf(e.getMessage()), e);
        }
    }

    private StartResponse start(StartRequest request, CallContext context) {
        Task task = task(request.getId());
        Optional<ExecId> exec = execId(request.getExecId());
        task.start(exec);
        return StartResponse.newBuilder().setPid(task.process(exec).pid()).build();
    }

    private DeleteResponse delete(DeleteRequest request, CallContext context) {
        Task task = task(request.getId());
        Optional<ExecId> exec = execId(request.getExecId());
        Tombstone deletion =
                exec.isPresent() ? task.delete(exec.get()) : registry.deleteTask(task.id());
        return DeleteResponse.newBuilder()
                .setPid(deletion.pid())
                .setExitStatus(deletion.exit().code())
                .setExitedAt(Timestamps.of(deletion.exit().at()))
                .build();
    }

    private Empty exec(ExecProcessRequest request, CallContext context) {
        var stdio =
                new Stdio(
                        request.getStdin(),
                        request.getStdout(),
                        request.getStderr(),
                        request.getTerminal());
        task(request.getId())
                .exec(
                        new ExecConfig(
                                new ExecId(request.getExecId()),
                                oci.process(request.getSpec().getValue().toByteArray()),
                                stdio));
        return Empty.getDefaultInstance();
    }

    private Empty kill(KillRequest request, CallContext context) {
        task(request.getId())
                .kill(
                        execId(request.getExecId()),
                        new Signal(request.getSignal()),
                        request.getAll());
        return Empty.getDefaultInstance();
    }

    private Empty resize(ResizePtyRequest request, CallContext context) {
        task(request.getId())
                .resize(execId(request.getExecId()), request.getWidth(), request.getHeight());
        return Empty.getDefaultInstance();
    }

    private Empty closeStdin(CloseIORequest request, CallContext context) {
        if (request.getStdin()) {
            task(request.getId()).closeStdin(execId(request.getExecId()));
        }
        return Empty.getDefaultInstance();
    }

    private Empty pause(PauseRequest request, CallContext context) {
        task(request.getId()).pause();
        return Empty.getDefaultInstance();
    }

    private Empty resume(ResumeRequest request, CallContext context) {
        task(request.getId()).resume();
        return Empty.getDefaultInstance();
    }

    private Empty update(UpdateTaskRequest request, CallContext context) {
        task(request.getId())
                .update(oci.resources(request.getResources().getValue().toByteArray()));
        return Empty.getDefaultInstance();
    }

    private StatsResponse stats(StatsRequest request, CallContext context) {
        return StatsResponse.newBuilder()
                .setStats(CgroupMetrics.data(task(request.getId()).statistics()))
                .build();
    }

    private Empty checkpoint(CheckpointTaskRequest request, CallContext context) {
        throw new SandboxException.Unsupported(
                "cannot checkpoint %s: no kind of sandbox does"
                        .formatted(task(request.getId()).id()));
    }

    private Task task(String id) {
        return registry.task(new ContainerId(id));
    }

    private TaskProcess init(String id) {
        return task(id).process(Optional.empty());
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

    private static Optional<ExecId> execId(String id) {
        return id.isEmpty() ? Optional.empty() : Optional.of(new ExecId(id));
    }

    private static MountSpec mount(Mount mount) {
        return new MountSpec(
                mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList());
    }

    private static WaitResponse waited(ExitStatus exit) {
        return WaitResponse.newBuilder()
                .setExitStatus(exit.code())
                .setExitedAt(Timestamps.of(exit.at()))
                .build();
    }
}
