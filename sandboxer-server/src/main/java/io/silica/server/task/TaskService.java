// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
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
import io.silica.proto.containerd.task.UpdateTaskRequest;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.server.cgroupform.CgroupMetrics;
import io.silica.server.host.ContainerRequest;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.registry.Task;
import io.silica.server.registry.TaskProcess;
import io.silica.server.registry.Tombstone;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.UnaryHandler;
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
    private final Replays replays;
    private final OciSpecReader oci;
    private final Operations operations;
    private final Waits waits;
    private final BooleanSupplier room;

    /**
     * @param registry knows the tasks
     * @param oci reads the JSON in requests
     * @param operations knows what clients have asked for
     * @param waits is told of each Wait that is open
     * @param room whether a container more can be served; those that are there always can
     */
    public TaskService(
            SandboxRegistry registry,
            OciSpecReader oci,
            Operations operations,
            Waits waits,
            BooleanSupplier room) {
        this.registry = registry;
        this.replays = new Replays(registry);
        this.oci = oci;
        this.operations = operations;
        this.waits = waits;
        this.room = room;
    }

    /** Who has to know whose end is waited for. */
    @FunctionalInterface
    public interface Waits {
        /**
         * A Wait is open.
         *
         * @return to be closed when it is not any more
         */
        Exit.Registration begin(ContainerId container, Optional<ExecId> exec);
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
        change(service, "Create", CreateTaskRequest.parser(), this::create);
        change(service, "Start", StartRequest.parser(), this::start);
        change(service, "Delete", DeleteRequest.parser(), this::delete);
        change(service, "Exec", ExecProcessRequest.parser(), this::exec);
        change(service, "Kill", KillRequest.parser(), this::kill);
        change(service, "ResizePty", ResizePtyRequest.parser(), this::resize);
        change(service, "CloseIO", CloseIORequest.parser(), this::closeStdin);
        change(service, "Pause", PauseRequest.parser(), this::pause);
        change(service, "Resume", ResumeRequest.parser(), this::resume);
        change(service, "Update", UpdateTaskRequest.parser(), this::update);
        service.unary("Stats", StatsRequest.parser(), this::stats, Dispatch.BLOCKING);
        service.unary(
                "Checkpoint", CheckpointTaskRequest.parser(), this::checkpoint, Dispatch.BLOCKING);
        return service.build();
    }

    /** A method that changes something: it is carried out as what its client has asked for once. */
    private <Q extends MessageLite, R extends MessageLite> void change(
            ServiceDefinition.Builder service,
            String method,
            Parser<Q> requests,
            UnaryHandler<Q, R> handler) {
        service.unary(
                method,
                requests,
                (request, context) ->
                        operations.of(context).call(() -> handler.handle(request, context)),
                Dispatch.BLOCKING);
    }

    private StateResponse state(StateRequest request, CallContext context) {
        return TaskForms.state(request, task(request.getId()));
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
        var id = new ContainerId(request.getId());
        Optional<ExecId> exec = TaskForms.execId(request.getExecId());
        if (context.isReplay()) {
            Optional<Tombstone> deleted = replays.deleted(id, exec);
            if (deleted.isPresent()) {
                reply.complete(TaskForms.waited(deleted.get().exit()));
                return;
            }
        }
        Exit end = registry.task(id).process(exec).exit();
        Exit.Registration counted = waits.begin(id, exec);
        Exit.Registration waiting =
                end.onExit(exit -> {
                    reply.complete(TaskForms.waited(exit));
                    counted.close();
                });
        context.onCancel(() -> {
            waiting.close();
            counted.close();
        });
    }

    private CreateTaskResponse create(CreateTaskRequest request, CallContext context) {
        ContainerRequest wanted = TaskForms.container(request);
        Optional<Task> made = context.isReplay() ? replays.created(wanted) : Optional.empty();
        return TaskForms.created(made.orElseGet(() -> create(wanted, context)));
    }

    private Task create(ContainerRequest wanted, CallContext context) {
        requireRoom(wanted, context);
        try {
            return registry.createTask(wanted, () -> context.cancellation().isPresent());
        } catch (SandboxException.Unsupported e) {
            // containerd takes Unimplemented for the sign of an older Task API, and tries that.
            throw new SandboxException.InvalidArgument(String.valueOf(e.getMessage()), e);
        }
    }

    /** What an earlier life has let in has its room. */
    private void requireRoom(ContainerRequest wanted, CallContext context) {
        if (!context.isReplay() && !room.getAsBoolean()) {
            throw new SandboxException.Exhausted(
                    "cannot create container \"%s\": the journal is nearly full, or nearly as many connections are open as may be, and what is left is for the containers that are there"
                            .formatted(wanted.id()));
        }
    }

    private StartResponse start(StartRequest request, CallContext context) {
        Task task = task(request.getId());
        Optional<ExecId> exec = TaskForms.execId(request.getExecId());
        if (!context.isReplay() || !replays.isStarted(task, exec)) {
            task.start(exec);
        }
        return TaskForms.started(task.process(exec));
    }

    private DeleteResponse delete(DeleteRequest request, CallContext context) {
        var id = new ContainerId(request.getId());
        Optional<ExecId> exec = TaskForms.execId(request.getExecId());
        Optional<Tombstone> deleted =
                context.isReplay() ? replays.deleted(id, exec) : Optional.empty();
        return TaskForms.deleted(deleted.orElseGet(() -> delete(id, exec)));
    }

    private Tombstone delete(ContainerId id, Optional<ExecId> exec) {
        return exec.map(it -> registry.task(id).delete(it))
                .orElseGet(() -> registry.deleteTask(id));
    }

    private Empty exec(ExecProcessRequest request, CallContext context) {
        Task task = task(request.getId());
        var exec = new ExecId(request.getExecId());
        if (!context.isReplay() || !replays.isAdded(task, exec)) {
            var process = oci.process(request.getSpec().getValue().toByteArray());
            task.exec(new ExecConfig(exec, process, TaskForms.stdio(request)));
        }
        return Empty.getDefaultInstance();
    }

    private Empty kill(KillRequest request, CallContext context) {
        Task task = task(request.getId());
        Optional<ExecId> exec = TaskForms.execId(request.getExecId());
        if (!context.isReplay() || !replays.hasEnded(task, exec)) {
            task.kill(exec, new Signal(request.getSignal()), request.getAll());
        }
        return Empty.getDefaultInstance();
    }

    private Empty resize(ResizePtyRequest request, CallContext context) {
        task(request.getId())
                .resize(
                        TaskForms.execId(request.getExecId()),
                        request.getWidth(),
                        request.getHeight());
        return Empty.getDefaultInstance();
    }

    private Empty closeStdin(CloseIORequest request, CallContext context) {
        if (request.getStdin()) {
            task(request.getId()).closeStdin(TaskForms.execId(request.getExecId()));
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
}
