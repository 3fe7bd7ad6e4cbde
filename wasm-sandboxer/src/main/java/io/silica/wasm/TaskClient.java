// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.CloseIORequest;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.StatsRequest;
import io.silica.proto.containerd.task.StatsResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.proto.wasm.DiscardRequest;
import io.silica.proto.wasm.LimitRequest;
import io.silica.proto.wasm.ShareRequest;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.ttrpc.CallOptions;
import java.time.Duration;
import java.time.Instant;

/** One container as its worker serves it. Every method is a call and throws what it answers. */
final class TaskClient {
    private static final String SERVICE = "containerd.task.v3.Task";
    private static final String WORKER = "silica.wasm.v1.Worker";
    private static final String OPTIONS = "silica.wasm.v1.WasmContainer";
    private static final long NANOS_PER_MICRO = 1000;

    /** What is answered from memory; a worker that takes longer is in trouble. */
    private static final CallOptions SHORT = CallOptions.timeout(Duration.ofSeconds(10));

    /** A module is compiled meanwhile. */
    private static final CallOptions LONG = CallOptions.timeout(Duration.ofMinutes(2));

    private final Worker worker;
    private final String id;

    TaskClient(Worker worker, ContainerId id) {
        this.worker = worker;
        this.id = id.value();
    }

    void create(WasmContainer container) {
        var options = Any.newBuilder().setTypeUrl(OPTIONS).setValue(container.toByteString());
        call(
                "Create",
                CreateTaskRequest.newBuilder().setId(id).setOptions(options).build(),
                CreateTaskResponse.parser(),
                LONG);
    }

    void start() {
        call("Start", StartRequest.newBuilder().setId(id).build(), StartResponse.parser(), SHORT);
    }

    /** Whether it runs or has run. */
    boolean hasStarted() {
        var answer =
                call(
                        "State",
                        StateRequest.newBuilder().setId(id).build(),
                        StateResponse.parser(),
                        SHORT);
        return answer.getStatus() != Status.CREATED;
    }

    void kill(Signal signal) {
        call(
                "Kill",
                KillRequest.newBuilder().setId(id).setSignal(signal.number()).build(),
                Empty.parser(),
                SHORT);
    }

    void closeStdin() {
        call(
                "CloseIO",
                CloseIORequest.newBuilder().setId(id).setStdin(true).build(),
                Empty.parser(),
                SHORT);
    }

    /** Waits for its end, for as long as that takes. */
    ExitStatus await() {
        var answer =
                call(
                        "Wait",
                        WaitRequest.newBuilder().setId(id).build(),
                        WaitResponse.parser(),
                        CallOptions.none());
        return new ExitStatus(answer.getExitStatus(), instant(answer.getExitedAt()));
    }

    /**
     * Ends it, if it has not ended, and deletes it: nobody knows it. If it was never started, its
     * output streams stay open for whoever makes it anew.
     */
    void discard() {
        try {
            discardUnstarted();
        } catch (SandboxException.WrongState | SandboxException.Unsupported _) {
            end();
        } catch (SandboxException.NotFound _) {
            // Somebody else did.
        }
    }

    private void discardUnstarted() {
        Empty _ =
                worker.call(
                        WORKER,
                        "Discard",
                        DiscardRequest.newBuilder().setId(id).build(),
                        Empty.parser(),
                        SHORT);
    }

    private void end() {
        try {
            kill(Signal.KILL);
        } catch (SandboxException.NotFound _) {
            // It has ended already; its status is what nobody collected.
        }
        try {
            var _ = await();
            delete();
        } catch (SandboxException.NotFound _) {
            // Somebody else did.
        }
    }

    /**
     * Changes its memory limit.
     *
     * @param bytes 0 for none
     */
    void limitMemory(long bytes) {
        Empty _ =
                worker.call(
                        WORKER,
                        "Limit",
                        LimitRequest.newBuilder().setId(id).setMemoryLimit(bytes).build(),
                        Empty.parser(),
                        SHORT);
    }

    /**
     * Changes the weight of its thread, as cgroup v1 counts it. In a worker of a release before
     * that stays as it is.
     *
     * @throws SandboxException.WrongState if its worker may give it no more than it has
     */
    void share(long cpuShares) {
        var request = ShareRequest.newBuilder().setId(id).setCpuShares(cpuShares).build();
        try {
            Empty _ = worker.call(WORKER, "Share", request, Empty.parser(), SHORT);
        } catch (SandboxException.Unsupported _) {
            // It was made without.
        }
    }

    void delete() {
        call(
                "Delete",
                DeleteRequest.newBuilder().setId(id).build(),
                DeleteResponse.parser(),
                SHORT);
    }

    Statistics statistics(Instant now) {
        var answer =
                call(
                        "Stats",
                        StatsRequest.newBuilder().setId(id).build(),
                        StatsResponse.parser(),
                        SHORT);
        try {
            return statistics(Metrics.parseFrom(answer.getStats().getValue()), now);
        } catch (InvalidProtocolBufferException e) {
            throw new SandboxException.Failed("the wasm worker's figures are malformed", e);
        }
    }

    private static Statistics statistics(Metrics metrics, Instant now) {
        return new Statistics(
                now,
                metrics.getCpu().getUsageUsec() * NANOS_PER_MICRO,
                metrics.getMemory().getUsage(),
                0,
                metrics.getMemory().getUsageLimit(),
                metrics.getPids().getCurrent(),
                metrics.getMemoryEvents().getOomKill());
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    private <R extends MessageLite> R call(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        return worker.call(SERVICE, method, request, responses, options);
    }
}
