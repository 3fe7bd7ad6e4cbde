// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static io.silica.proto.wasm.GuestState.GUEST_STATE_CREATED;
import static io.silica.proto.wasm.GuestState.GUEST_STATE_RUNNING;
import static io.silica.proto.wasm.GuestState.GUEST_STATE_STOPPED;

import com.google.protobuf.Empty;
import io.silica.proto.wasm.DiscardRequest;
import io.silica.proto.wasm.LimitRequest;
import io.silica.proto.wasm.LimitSandboxRequest;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.proto.wasm.ShareRequest;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServiceDefinition;

/** What a daemon that comes back has to know before it can ask for a task: which there are. */
final class WorkerService {
    /** The service's full name. */
    static final String NAME = "silica.wasm.v1.Worker";

    private final Guests guests;

    WorkerService(Guests guests) {
        this.guests = guests;
    }

    ServiceDefinition definition() {
        return ServiceDefinition.named(NAME)
                .unary("List", ListRequest.parser(), this::list, Dispatch.NON_BLOCKING)
                .unary("Discard", DiscardRequest.parser(), this::discard, Dispatch.BLOCKING)
                .unary("Limit", LimitRequest.parser(), this::limit, Dispatch.NON_BLOCKING)
                .unary(
                        "LimitSandbox",
                        LimitSandboxRequest.parser(),
                        this::limitSandbox,
                        Dispatch.NON_BLOCKING)
                .unary("Share", ShareRequest.parser(), this::share, Dispatch.NON_BLOCKING)
                .build();
    }

    private ListResponse list(ListRequest request, CallContext context) {
        var wanted = request.getSandboxId();
        var answer = ListResponse.newBuilder();
        for (var guest : guests.all()) {
            if (wanted.isEmpty() || wanted.equals(guest.sandbox())) {
                answer.addContainers(container(guest));
            }
        }
        return answer.build();
    }

    private Empty discard(DiscardRequest request, CallContext context) {
        guests.discard(request.getId());
        return Empty.getDefaultInstance();
    }

    private Empty limit(LimitRequest request, CallContext context) {
        guests.get(request.getId()).limitMemory(request.getMemoryLimit());
        return Empty.getDefaultInstance();
    }

    private Empty limitSandbox(LimitSandboxRequest request, CallContext context) {
        guests.limitSandbox(request.getSandboxId(), request.getMemoryLimit());
        return Empty.getDefaultInstance();
    }

    private Empty share(ShareRequest request, CallContext context) {
        guests.get(request.getId()).share(request.getCpuShares());
        return Empty.getDefaultInstance();
    }

    private static WorkerContainer container(Guest guest) {
        var container =
                WorkerContainer.newBuilder()
                        .setId(guest.id().value())
                        .setSandboxId(guest.sandbox());
        return switch (guest.state()) {
            case ProcessState.Created _ -> container.setState(GUEST_STATE_CREATED).build();
            case ProcessState.Running _, ProcessState.Paused _ ->
                    container.setState(GUEST_STATE_RUNNING).build();
            case ProcessState.Stopped(ExitStatus exit) ->
                    container
                            .setState(GUEST_STATE_STOPPED)
                            .setExitStatus(exit.code())
                            .setExitedAt(TaskAnswers.timestamp(exit.at()))
                            .build();
        };
    }
}
