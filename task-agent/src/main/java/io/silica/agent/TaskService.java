// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static io.silica.ttrpc.Dispatch.BLOCKING;
import static io.silica.ttrpc.Dispatch.NON_BLOCKING;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.silica.agent.container.ContainerRequest;
import io.silica.agent.container.Containers;
import io.silica.agent.container.GuestProcess;
import io.silica.agent.container.ProcessStreams.Wanted;
import io.silica.agent.container.ResourceUpdate;
import io.silica.agent.machine.PodMachine;
import io.silica.agent.stream.ProcessInput;
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
import io.silica.proto.guest.GuestContainer;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcStatus;
import io.silica.ttrpc.UnaryHandler;
import java.util.function.Function;

/** containerd.task.v3.Task for the containers of this machine. */
final class TaskService {
    private final Attachment attachment;
    private final Operations operations;
    private final PodMachine machine;
    private final Containers containers;

    TaskService(
            Attachment attachment,
            Operations operations,
            PodMachine machine,
            Containers containers) {
        this.attachment = attachment;
        this.operations = operations;
        this.machine = machine;
        this.containers = containers;
    }

    ServiceDefinition definition() {
        var service = ServiceDefinition.named("containerd.task.v3.Task");
        addLifeCycle(service);
        addRest(service);
        return service.refused(
                        "Checkpoint",
                        TtrpcStatus.of(
                                StatusCode.UNIMPLEMENTED,
                                "there is no checkpoint of a container in a guest"))
                .build();
    }

    private void addLifeCycle(ServiceDefinition.Builder service) {
        var gate = attachment;
        service.unary(
                        "Create",
                        CreateTaskRequest.parser(),
                        once(Changes::of, this::create),
                        BLOCKING)
                .unary("Start", StartRequest.parser(), once(Changes::of, this::start), BLOCKING)
                .unary("Exec", ExecProcessRequest.parser(), once(Changes::of, this::exec), BLOCKING)
                .unary("Kill", KillRequest.parser(), once(Changes::of, this::kill), BLOCKING)
                .held("Wait", WaitRequest.parser(), gate.thenHeld(this::await))
                .unary(
                        "Delete",
                        DeleteRequest.parser(),
                        gate.then(operations.last(Changes::of, this::delete)),
                        BLOCKING);
    }

    private void addRest(ServiceDefinition.Builder service) {
        var gate = attachment;
        service.unary("State", StateRequest.parser(), gate.then(this::state), NON_BLOCKING)
                .unary("Pids", PidsRequest.parser(), gate.then(this::pids), BLOCKING)
                .unary("Pause", PauseRequest.parser(), once(Changes::of, this::pause), BLOCKING)
                .unary("Resume", ResumeRequest.parser(), once(Changes::of, this::resume), BLOCKING)
                .unary(
                        "ResizePty",
                        ResizePtyRequest.parser(),
                        once(Changes::of, this::resize),
                        BLOCKING)
                .unary(
                        "CloseIO",
                        CloseIORequest.parser(),
                        gate.then(this::closeInput),
                        NON_BLOCKING)
                .unary(
                        "Update",
                        UpdateTaskRequest.parser(),
                        once(Changes::of, this::update),
                        BLOCKING)
                .unary("Stats", StatsRequest.parser(), gate.then(this::stats), BLOCKING)
                .unary("Connect", ConnectRequest.parser(), gate.then(this::connect), NON_BLOCKING)
                .unary(
                        "Shutdown",
                        ShutdownRequest.parser(),
                        gate.then((_, _) -> Empty.getDefaultInstance()),
                        NON_BLOCKING);
    }

    /** A method that changes something, for who is attached. */
    private <Q extends MessageLite, R extends MessageLite> UnaryHandler<Q, R> once(
            Function<Q, Operations.Change> change, UnaryHandler<Q, R> handler) {
        return attachment.then(operations.once(change, handler));
    }

    private CreateTaskResponse create(CreateTaskRequest request, CallContext context) {
        var streams =
                new Wanted(
                        request.getTerminal(),
                        !request.getStdin().isEmpty(),
                        !request.getStdout().isEmpty(),
                        !request.getStderr().isEmpty());
        var process =
                containers.create(
                        new ContainerRequest(request.getId(), container(request), streams),
                        machine.files());
        return CreateTaskResponse.newBuilder().setPid(process.pid()).build();
    }

    private static GuestContainer container(CreateTaskRequest request) {
        try {
            return GuestContainer.parseFrom(request.getOptions().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new SandboxException.InvalidArgument("the options are no GuestContainer", e);
        }
    }

    private StartResponse start(StartRequest request, CallContext context) {
        var process = containers.start(request.getId(), request.getExecId());
        return StartResponse.newBuilder().setPid(process.pid()).build();
    }

    private Empty exec(ExecProcessRequest request, CallContext context) {
        var streams =
                new Wanted(
                        request.getTerminal(),
                        !request.getStdin().isEmpty(),
                        !request.getStdout().isEmpty(),
                        !request.getStderr().isEmpty());
        containers.exec(
                request.getId(),
                request.getExecId(),
                request.getSpec().getValue().toStringUtf8(),
                streams);
        return Empty.getDefaultInstance();
    }

    private Empty kill(KillRequest request, CallContext context) {
        containers.signal(
                request.getId(),
                request.getExecId(),
                new Signal(request.getSignal()),
                request.getAll());
        return Empty.getDefaultInstance();
    }

    private void await(WaitRequest request, CallContext context, Reply<WaitResponse> reply) {
        var registration =
                process(request.getId(), request.getExecId())
                        .exit()
                        .onExit(status -> reply.complete(Answers.waited(status)));
        context.onCancel(registration::close);
    }

    private DeleteResponse delete(DeleteRequest request, CallContext context) {
        var deleted = containers.delete(request.getId(), request.getExecId());
        var answer = DeleteResponse.newBuilder().setPid(deleted.pid());
        deleted.exit()
                .status()
                .ifPresent(status ->
                        answer.setExitStatus(status.code())
                                .setExitedAt(Answers.timestamp(status.at())));
        return answer.build();
    }

    private StateResponse state(StateRequest request, CallContext context) {
        var container = containers.get(request.getId());
        return Answers.state(container, container.process(request.getExecId()));
    }

    private PidsResponse pids(PidsRequest request, CallContext context) {
        var answer = PidsResponse.newBuilder();
        for (int pid : containers.get(request.getId()).cgroup().processes()) {
            answer.addProcesses(ProcessInfo.newBuilder().setPid(pid));
        }
        return answer.build();
    }

    private Empty pause(PauseRequest request, CallContext context) {
        containers.freeze(request.getId(), true);
        return Empty.getDefaultInstance();
    }

    private Empty resume(ResumeRequest request, CallContext context) {
        containers.freeze(request.getId(), false);
        return Empty.getDefaultInstance();
    }

    private Empty resize(ResizePtyRequest request, CallContext context) {
        process(request.getId(), request.getExecId())
                .resize(request.getWidth(), request.getHeight());
        return Empty.getDefaultInstance();
    }

    private Empty closeInput(CloseIORequest request, CallContext context) {
        var process = process(request.getId(), request.getExecId());
        if (request.getStdin()) {
            process.streams().input().ifPresent(ProcessInput::end);
        }
        return Empty.getDefaultInstance();
    }

    private Empty update(UpdateTaskRequest request, CallContext context) {
        var cgroup = containers.get(request.getId()).cgroup();
        ResourceUpdate.files(request.getResources().getValue().toStringUtf8())
                .forEach(cgroup::write);
        return Empty.getDefaultInstance();
    }

    private StatsResponse stats(StatsRequest request, CallContext context) {
        return Answers.stats(containers.get(request.getId()).cgroup());
    }

    private ConnectResponse connect(ConnectRequest request, CallContext context) {
        var container = containers.get(request.getId());
        return ConnectResponse.newBuilder()
                .setShimPid((int) ProcessHandle.current().pid())
                .setTaskPid(container.process("").pid())
                .build();
    }

    private GuestProcess process(String id, String execId) {
        return containers.get(id).process(execId);
    }
}
