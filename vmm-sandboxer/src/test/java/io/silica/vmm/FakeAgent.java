// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.containerd.cgroups.v2.MemoryStat;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.ResumeRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.proto.guest.GuestContainer;
import io.silica.proto.guest.HeartbeatRequest;
import io.silica.proto.guest.InputChunk;
import io.silica.proto.guest.InputResponse;
import io.silica.proto.guest.ListResponse;
import io.silica.proto.guest.OutputChunk;
import io.silica.proto.guest.OutputRequest;
import io.silica.proto.guest.PortChunk;
import io.silica.proto.guest.PowerOffRequest;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.StatisticsResponse;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.MessageSink;
import io.silica.ttrpc.MessageSource;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.ttrpc.UnaryHandler;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an agent answers on one connection: before the Attach, nothing. After it, what its guest
 * lies about is answered so.
 */
final class FakeAgent {
    private final FakeGuest guest;
    private volatile boolean attached;

    FakeAgent(FakeGuest guest) {
        this.guest = guest;
    }

    ServiceDefinition[] services() {
        return new ServiceDefinition[] {guest(), tasks(), streams()};
    }

    private ServiceDefinition guest() {
        var builder = ServiceDefinition.named("silica.guest.v1.Guest");
        builder.unary("Attach", AttachRequest.parser(), (it, _) -> attach(it), Dispatch.BLOCKING);
        add(
                builder,
                "Heartbeat",
                HeartbeatRequest.parser(),
                it -> {
                    guest.acknowledged(it.getAcknowledgedList());
                    return Empty.getDefaultInstance();
                });
        add(builder, "Prepare", PrepareRequest.parser(), _ -> guest.prepare());
        add(
                builder,
                "List",
                Empty.parser(),
                _ -> ListResponse.newBuilder().addAllContainers(guest.states()).build());
        add(
                builder,
                "Statistics",
                Empty.parser(),
                _ -> StatisticsResponse.newBuilder().setMemoryBytes(4096).build());
        add(builder, "PowerOff", PowerOffRequest.parser(), _ -> powerOff());
        return builder.build();
    }

    private AttachResponse attach(AttachRequest request) {
        boolean prepared = guest.attach(request.getSession());
        attached = true;
        return AttachResponse.newBuilder()
                .setProtocolVersion(1)
                .setPrepared(prepared)
                .setKeptResults(100)
                .build();
    }

    /** The answer comes first. */
    private Empty powerOff() {
        Thread.ofVirtual().name("fake power-off").start(guest::kill);
        return Empty.getDefaultInstance();
    }

    private ServiceDefinition tasks() {
        var builder = ServiceDefinition.named("containerd.task.v3.Task");
        add(builder, "Create", CreateTaskRequest.parser(), this::create);
        add(builder, "Start", StartRequest.parser(), this::start);
        add(builder, "State", StateRequest.parser(), this::state);
        add(builder, "Kill", KillRequest.parser(), this::kill);
        add(builder, "Delete", DeleteRequest.parser(), this::delete);
        add(builder, "Exec", ExecProcessRequest.parser(), this::exec);
        add(builder, "Pause", PauseRequest.parser(), it -> pause(it.getId(), true));
        add(builder, "Resume", ResumeRequest.parser(), it -> pause(it.getId(), false));
        add(builder, "Stats", StatsRequest.parser(), _ -> stats());
        builder.held(
                "Wait",
                WaitRequest.parser(),
                (request, context, reply) -> {
                    requireAttached();
                    var lie = guest.lie("Wait");
                    if (lie.isPresent()) {
                        reply.complete((WaitResponse) lie.get().apply(request));
                        return;
                    }
                    var registration =
                            guest.process(request.getId(), request.getExecId())
                                    .exit()
                                    .onExit(it ->
                                            reply.complete(
                                                    WaitResponse.newBuilder()
                                                            .setExitStatus(it.code())
                                                            .setExitedAt(
                                                                    FakeGuestProcess.timestamp(
                                                                            it.at()))
                                                            .build()));
                    context.onCancel(registration::close);
                });
        return builder.build();
    }

    private ServiceDefinition streams() {
        return ServiceDefinition.named("silica.guest.v1.Streams")
                .bidirectional(
                        "Output",
                        OutputRequest.parser(),
                        (MessageSource<OutputRequest> it,
                                CallContext _,
                                MessageSink<OutputChunk> to) -> output(it, to))
                .bidirectional(
                        "Input",
                        InputChunk.parser(),
                        (MessageSource<InputChunk> it,
                                CallContext _,
                                MessageSink<InputResponse> to) -> input(it, to))
                .bidirectional(
                        "Forward",
                        PortChunk.parser(),
                        (MessageSource<PortChunk> it, CallContext _, MessageSink<PortChunk> to) ->
                                forward(it, to))
                .build();
    }

    private void output(MessageSource<OutputRequest> requests, MessageSink<OutputChunk> chunks)
            throws InterruptedException {
        requireAttached();
        var first = requests.receive().orElseThrow();
        var lie = guest.lie("Output");
        if (lie.isPresent()) {
            chunks.send((OutputChunk) lie.get().apply(first));
        }
        guest.process(first.getContainerId(), first.getExecId())
                .output(first.getStream())
                .serve(first, requests, chunks);
    }

    private void input(MessageSource<InputChunk> chunks, MessageSink<InputResponse> to) {
        requireAttached();
        var first = chunks.receive().orElseThrow();
        guest.process(first.getContainerId(), first.getExecId()).input().serve(first, chunks, to);
    }

    /** At every port it is said what was heard. */
    private void forward(MessageSource<PortChunk> chunks, MessageSink<PortChunk> to) {
        requireAttached();
        var first = chunks.receive().orElseThrow();
        var lie = guest.lie("Forward");
        if (lie.isPresent()) {
            to.send((PortChunk) lie.get().apply(first));
            return;
        }
        for (var chunk : chunks) {
            to.send(chunk.toBuilder().setTaken(0).build());
        }
    }

    private CreateTaskResponse create(CreateTaskRequest request) {
        try {
            var made = GuestContainer.parseFrom(request.getOptions().getValue());
            if (guest.containers().putIfAbsent(request.getId(), new FakeGuestContainer(made))
                    != null) {
                throw new TtrpcException(StatusCode.ALREADY_EXISTS, request.getId());
            }
            guest.hasMade();
            return CreateTaskResponse.newBuilder().setPid(1).build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private StartResponse start(StartRequest request) {
        if (!guest.process(request.getId(), request.getExecId()).start()) {
            throw new TtrpcException(StatusCode.FAILED_PRECONDITION, "it runs");
        }
        return StartResponse.newBuilder().setPid(1).build();
    }

    private StateResponse state(StateRequest request) {
        return StateResponse.newBuilder()
                .setStatus(guest.process(request.getId(), request.getExecId()).status())
                .build();
    }

    private Empty kill(KillRequest request) {
        var process = guest.process(request.getId(), request.getExecId());
        if (process.status() == Status.STOPPED) {
            throw new TtrpcException(StatusCode.NOT_FOUND, "it has ended");
        }
        if (request.getAll() && request.getExecId().isEmpty()) {
            guest.container(request.getId()).signal(request.getSignal());
        } else if (process.status() == Status.CREATED && !request.getExecId().isEmpty()) {
            throw new TtrpcException(StatusCode.FAILED_PRECONDITION, "it was not started");
        } else {
            process.signal(request.getSignal());
        }
        return Empty.getDefaultInstance();
    }

    private DeleteResponse delete(DeleteRequest request) {
        guest.forgetWith(request.getId(), request.getExecId());
        if (request.getExecId().isEmpty()) {
            var _ = guest.container(request.getId());
            guest.containers().remove(request.getId());
        } else {
            guest.container(request.getId()).remove(request.getExecId());
        }
        return DeleteResponse.getDefaultInstance();
    }

    private Empty exec(ExecProcessRequest request) {
        var process = JsonMapper.shared().readTree(request.getSpec().getValue().toByteArray());
        guest.container(request.getId()).add(request.getExecId(), FakeGuestContainer.args(process));
        return Empty.getDefaultInstance();
    }

    private Empty pause(String id, boolean pause) {
        guest.process(id, "").pause(pause);
        return Empty.getDefaultInstance();
    }

    private static StatsResponse stats() {
        var metrics =
                Metrics.newBuilder().setMemory(MemoryStat.newBuilder().setUsage(4096)).build();
        return StatsResponse.newBuilder()
                .setStats(
                        Any.newBuilder()
                                .setTypeUrl("io.containerd.cgroups.v2.Metrics")
                                .setValue(metrics.toByteString()))
                .build();
    }

    @SuppressWarnings("unchecked") // a lie is of the type that the truth would have
    private <Q extends MessageLite, R extends MessageLite> void add(
            ServiceDefinition.Builder builder,
            String method,
            Parser<Q> requests,
            Function<Q, R> answer) {
        UnaryHandler<Q, R> handler =
                (request, context) -> {
                    requireAttached();
                    var lie = guest.lie(method);
                    return lie.isPresent()
                            ? (R) lie.get().apply(request)
                            : guest.once(
                                    method,
                                    target(request),
                                    context.metadata().first("silica-operation"),
                                    () -> answer.apply(request));
                };
        builder.unary(method, requests, handler, Dispatch.BLOCKING);
    }

    private static String target(MessageLite request) {
        return switch (request) {
            case CreateTaskRequest it -> it.getId() + "/";
            case ExecProcessRequest it -> it.getId() + "/" + it.getExecId();
            case StartRequest it -> it.getId() + "/" + it.getExecId();
            case KillRequest it -> it.getId() + "/" + it.getExecId();
            case DeleteRequest it -> it.getId() + "/" + it.getExecId();
            default -> "";
        };
    }

    private void requireAttached() {
        if (!attached) {
            throw new TtrpcException(StatusCode.FAILED_PRECONDITION, "nobody has attached");
        }
    }
}
