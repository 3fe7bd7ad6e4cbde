// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.proto.wasm.WorkerContainer;
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
                .build();
    }

    private ListResponse list(ListRequest request, CallContext context) {
        var answer = ListResponse.newBuilder();
        for (var guest : guests.all()) {
            answer.addContainers(
                    WorkerContainer.newBuilder()
                            .setId(guest.id().value())
                            .setSandboxId(guest.sandbox()));
        }
        return answer.build();
    }
}
