// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Which thread a call has: what never blocks, because it is answered from what is published, is
 * answered on the event loop that has read it; a hand-over to a thread and back costs more than
 * that. Everything else has a virtual thread of its own.
 */
final class CallThreads implements ServerCallExecutorSupplier {
    /** A Wait registers for the end and returns. */
    private static final Set<String> NEVER_BLOCK =
            Set.of(
                    ControllerGrpc.getPlatformMethod().getFullMethodName(),
                    ControllerGrpc.getStatusMethod().getFullMethodName(),
                    ControllerGrpc.getWaitMethod().getFullMethodName());

    private final Executor threads;
    private final Executor held;
    private final Readiness readiness;

    /**
     * @param threads runs each piece of work on a thread of its own
     * @param readiness until it is reached, every call waits on such a thread
     */
    CallThreads(Executor threads, Readiness readiness) {
        this.threads = threads;
        this.held = readiness.hold(threads);
        this.readiness = readiness;
    }

    /** Where a call begins, before it is known which one it is. */
    void begin(Runnable work) {
        if (readiness.isReached()) {
            work.run();
        } else {
            held.execute(work);
        }
    }

    @Override
    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return NEVER_BLOCK.contains(method) ? this::begin : threads;
    }
}
