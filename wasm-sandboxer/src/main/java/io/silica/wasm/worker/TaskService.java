// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static io.silica.ttrpc.Dispatch.BLOCKING;
import static io.silica.ttrpc.Dispatch.NON_BLOCKING;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.ConnectRequest;
import io.silica.proto.containerd.task.ConnectResponse;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PidsRequest;
import io.silica.proto.containerd.task.PidsResponse;
import io.silica.proto.containerd.task.ProcessInfo;
import io.silica.proto.containerd.task.ShutdownRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcStatus;

/**
 * containerd.task.v3.Task for guests, without what belongs to the host: the daemon in front of this
 * knows bundles, mounts and the names of streams. Every guest has the pid of this process.
 */
final class TaskService {
    /** The service's full name. */
    static final String NAME = "containerd.task.v3.Task";

    private final Guests guests;
    private final int pid;

    TaskService(Guests guests, int pid) {
        this.guests = guests;
        this.pid = pid;
    }

    ServiceDefinition definition() {
        var service =
                ServiceDefinition.named(NAME)
                        .unary("State", StateRequest.parser(), this::state, NON_BLOCKING)
                        .unary("Create", CreateTaskRequest.parser(), this::create, BLOCKING)
                        .unary("Start", StartRequest.parser(), this::start, BLOCKING)
                        .unary("Delete", DeleteRequest.parser(), this::delete, BLOCKING)
                        .unary("Pids", PidsRequest.parser(), this::pids, NON_BLOCKING)
                        .unary("Kill", KillRequest.parser(), this::kill, BLOCKING)
                        .unary("CloseIO", CloseIORequest.parser(), this::closeStdin, NON_BLOCKING)
                        .held("Wait", WaitRequest.parser(), this::await)
                        .unary("Stats", StatsRequest.parser(), this::stats, BLOCKING)
                        .unary("Connect", ConnectRequest.parser(), this::connect, NON_BLOCKING)
                        .unary("Shutdown", ShutdownRequest.parser(), this::shutdown, NON_BLOCKING);
        return refuse(service).build();
    }

    private static ServiceDefinition.Builder refuse(ServiceDefinition.Builder service) {
        return service.refused("Exec", unsupported("exec: a Wasm guest has one process only"))
                .refused("ResizePty", unsupported("resize: a Wasm guest has no terminal"))
                .refused("Pause", unsupported("pause: a Wasm guest can't be frozen"))
                .refused("Resume", unsupported("resume: a Wasm guest can't be frozen"))
                .refused("Checkpoint", unsupported("checkpoint: a Wasm guest can't be saved"))
                .refused("Update", unsupported("update: limits of a Wasm guest are fixed"));
    }

    private static TtrpcStatus unsupported(String words) {
        return TtrpcStatus.of(StatusCode.UNIMPLEMENTED, "there is no " + words);
    }

    private CreateTaskResponse create(CreateTaskRequest request, CallContext context) {
        guests.create(
                new ContainerId(request.getId()),
                container(request),
                () -> context.cancellation().isPresent());
        return CreateTaskResponse.newBuilder().setPid(pid).build();
    }

    private static WasmContainer container(CreateTaskRequest request) {
        try {
            return WasmContainer.parseFrom(request.getOptions().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new SandboxException.InvalidArgument("the options are no WasmContainer", e);
        }
    }

    private StartResponse start(StartRequest request, CallContext context) {
        guest(request.getId(), request.getExecId()).start();
        return StartResponse.newBuilder().setPid(pid).build();
    }

    private StateResponse state(StateRequest request, CallContext context) {
        var guest = guest(request.getId(), request.getExecId());
        return TaskAnswers.state(guest, pid);
    }

    private Empty kill(KillRequest request, CallContext context) {
        var guest = guest(request.getId(), request.getExecId());
        guest.kill(new Signal(request.getSignal()));
        return Empty.getDefaultInstance();
    }

    private DeleteResponse delete(DeleteRequest request, CallContext context) {
        guest(request.getId(), request.getExecId());
        var status = guests.delete(request.getId());
        return DeleteResponse.newBuilder()
                .setPid(pid)
                .setExitStatus(status.code())
                .setExitedAt(TaskAnswers.timestamp(status.at()))
                .build();
    }

    private void await(WaitRequest request, CallContext context, Reply<WaitResponse> reply) {
        var registration =
                guest(request.getId(), request.getExecId())
                        .exit()
                        .onExit(status -> reply.complete(TaskAnswers.waited(status)));
        context.onCancel(registration::close);
    }

    private PidsResponse pids(PidsRequest request, CallContext context) {
        guests.get(request.getId());
        return PidsResponse.newBuilder().addProcesses(ProcessInfo.newBuilder().setPid(pid)).build();
    }

    private ConnectResponse connect(ConnectRequest request, CallContext context) {
        guests.get(request.getId());
        return ConnectResponse.newBuilder().setShimPid(pid).setTaskPid(pid).build();
    }

    private StatsResponse stats(StatsRequest request, CallContext context) {
        return TaskAnswers.stats(guests.get(request.getId()).statistics());
    }

    private Empty closeStdin(CloseIORequest request, CallContext context) {
        var guest = guest(request.getId(), request.getExecId());
        if (request.getStdin()) {
            guest.closeStdin();
        }
        return Empty.getDefaultInstance();
    }

    private Empty shutdown(ShutdownRequest request, CallContext context) {
        return Empty.getDefaultInstance();
    }

    private Guest guest(String id, String execId) {
        if (!execId.isEmpty()) {
            throw new SandboxException.NotFound(
                    "container \"%s\" has no process \"%s\"".formatted(id, Printable.of(execId)));
        }
        return guests.get(id);
    }
}
