// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import com.google.protobuf.Empty;
import io.silica.proto.wasm.LimitSandboxRequest;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.CallOptions;
import java.time.Duration;
import java.util.List;

/** What a worker says that it has, for a daemon that comes back. */
final class WorkerGuests {
    private static final String SERVICE = "silica.wasm.v1.Worker";

    /** It is answered from memory; a worker that takes longer is in trouble. */
    private static final CallOptions PATIENCE = CallOptions.timeout(Duration.ofSeconds(10));

    private final Worker worker;

    WorkerGuests(Worker worker) {
        this.worker = worker;
    }

    /**
     * All of them.
     *
     * @throws SandboxException if the worker can't be reached
     */
    List<WorkerContainer> all() {
        return list(ListRequest.getDefaultInstance());
    }

    /**
     * Those of one sandbox.
     *
     * @throws SandboxException if the worker can't be reached
     */
    List<WorkerContainer> of(SandboxId sandbox) {
        return list(ListRequest.newBuilder().setSandboxId(sandbox.value()).build()).stream()
                .filter(guest -> guest.getSandboxId().equals(sandbox.value()))
                .toList();
    }

    /**
     * Changes what those of one sandbox may have together. A worker of a release before keeps no
     * such limit, and is left to that.
     *
     * @param memory bytes; 0 for no limit
     * @throws SandboxException.WrongState if they have taken more
     */
    void limit(SandboxId sandbox, long memory) {
        var request =
                LimitSandboxRequest.newBuilder()
                        .setSandboxId(sandbox.value())
                        .setMemoryLimit(memory)
                        .build();
        try {
            Empty _ = worker.call(SERVICE, "LimitSandbox", request, Empty.parser(), PATIENCE);
        } catch (SandboxException.Unsupported _) {
            // It was made without.
        }
    }

    /** Ends and deletes one that nobody knows. */
    void discard(WorkerContainer guest) {
        new TaskClient(worker, new ContainerId(guest.getId())).discard();
    }

    /** What is so with one of them. A worker that does not say knows of no state but running. */
    static ProcessState state(WorkerContainer guest) {
        return switch (guest.getState()) {
            case GUEST_STATE_CREATED -> new ProcessState.Created();
            case GUEST_STATE_RUNNING, GUEST_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    new ProcessState.Running();
            case GUEST_STATE_STOPPED ->
                    new ProcessState.Stopped(
                            new ExitStatus(
                                    guest.getExitStatus(),
                                    TaskClient.instant(guest.getExitedAt())));
        };
    }

    private List<WorkerContainer> list(ListRequest request) {
        return worker.call(SERVICE, "List", request, ListResponse.parser(), PATIENCE)
                .getContainersList();
    }
}
