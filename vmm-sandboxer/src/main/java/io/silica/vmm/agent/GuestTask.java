// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.cgroups.v2.Metrics;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.PauseRequest;
import io.silica.proto.containerd.task.ResizePtyRequest;
import io.silica.proto.containerd.task.ResumeRequest;
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
import io.silica.proto.guest.GuestContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import io.silica.ttrpc.CallOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of a guest: a container's first one, or one that was added. Every method is a call and
 * throws what it answers.
 */
public final class GuestTask {
    private static final String CONTAINER = "silica.guest.v1.GuestContainer";
    private static final String OCI = "types.containerd.io/opencontainers/runtime-spec/1/";

    /** What the streams are called: only that they are there matters. */
    private static final String THERE = "guest";

    /** Tells the second try of a call from the first, whose refusal the agent keeps. */
    private static final String AGAIN = "/again";

    private static final long NANOS_PER_MICRO = 1_000;
    private static final CallOptions SHORT = CallOptions.timeout(Duration.ofSeconds(30));

    /** A container is made meanwhile, under emulation perhaps. */
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(2);

    private static final CallOptions LONG = CallOptions.timeout(LONG_PATIENCE);

    private final Agent agent;
    private final ContainerId container;
    private final Optional<ExecId> exec;

    /**
     * @param exec empty for the first process
     */
    public GuestTask(Agent agent, ContainerId container, Optional<ExecId> exec) {
        this.agent = agent;
        this.container = container;
        this.exec = exec;
    }

    /** For messages. */
    public String name() {
        return exec.map(it -> "process \"%s\" of container \"%s\"".formatted(it, container))
                .orElseGet(() -> "container \"%s\"".formatted(container));
    }

    /** Its container. */
    public ContainerId container() {
        return container;
    }

    /** What the agent calls it besides; empty for the first process. */
    public String execId() {
        return exec.map(ExecId::value).orElse("");
    }

    /**
     * Makes a container with this as its first process. An id that is taken is so by the creation
     * of a daemon that died, which came late: that container is ended.
     */
    public void create(GuestContainer made, Stdio stdio) {
        // The next life shows its files anew: what this one makes is not that.
        var life = Long.toString(agent.session());
        try {
            create(made, stdio, life);
        } catch (SandboxException.AlreadyExists _) {
            discard();
            create(made, stdio, life + AGAIN);
        }
    }

    private void create(GuestContainer made, Stdio stdio, String scope) {
        var options = Any.newBuilder().setTypeUrl(CONTAINER).setValue(made.toByteString());
        var _ =
                agent.change(
                        "Create",
                        scope,
                        CreateTaskRequest.newBuilder()
                                .setId(container.value())
                                .setTerminal(stdio.terminal())
                                .setStdin(there(stdio.stdin()))
                                .setStdout(there(stdio.stdout()))
                                .setStderr(stdio.terminal() ? "" : there(stdio.stderr()))
                                .setOptions(options)
                                .build(),
                        CreateTaskResponse.parser(),
                        LONG);
    }

    /**
     * Adds this to its container. An id that is taken is so by an exec of a daemon that died, which
     * came late: that process is ended.
     *
     * @param process the OCI process, in JSON
     */
    public void add(byte[] process, Stdio stdio) {
        try {
            add(process, stdio, execId());
        } catch (SandboxException.AlreadyExists _) {
            discard();
            add(process, stdio, execId() + AGAIN);
        }
    }

    private void add(byte[] process, Stdio stdio, String scope) {
        var request =
                ExecProcessRequest.newBuilder()
                        .setId(container.value())
                        .setExecId(execId())
                        .setTerminal(stdio.terminal())
                        .setStdin(there(stdio.stdin()))
                        .setStdout(there(stdio.stdout()))
                        .setStderr(stdio.terminal() ? "" : there(stdio.stderr()))
                        .setSpec(oci("Process", process))
                        .build();
        var _ = agent.change("Exec", scope, request, Empty.parser(), SHORT);
    }

    private static String there(String stream) {
        return stream.isEmpty() ? "" : THERE;
    }

    private static Any oci(String type, byte[] json) {
        return Any.newBuilder().setTypeUrl(OCI + type).setValue(ByteString.copyFrom(json)).build();
    }

    public void start() {
        var _ =
                change(
                        "Start",
                        StartRequest.newBuilder()
                                .setId(container.value())
                                .setExecId(execId())
                                .build(),
                        StartResponse.parser(),
                        LONG);
    }

    /** What is so with it, apart from how it ended. */
    public Status status() {
        return call(
                        "State",
                        StateRequest.newBuilder()
                                .setId(container.value())
                                .setExecId(execId())
                                .build(),
                        StateResponse.parser(),
                        SHORT)
                .getStatus();
    }

    /**
     * Sends a signal.
     *
     * @param all whether all of its container gets it, if this is the first process
     * @throws SandboxException.WrongState if it was added and has not been started
     */
    public void kill(Signal signal, boolean all) {
        kill(signal, all, SHORT);
    }

    /** The same for one who has no time. */
    public void kill(Signal signal, boolean all, Duration patience) {
        kill(signal, all, CallOptions.timeout(patience));
    }

    private void kill(Signal signal, boolean all, CallOptions options) {
        var _ = change("Kill", killRequest(signal, all), Empty.parser(), options);
    }

    /** An agent of an earlier image takes all for all, whichever process is named. */
    private KillRequest killRequest(Signal signal, boolean all) {
        return KillRequest.newBuilder()
                .setId(container.value())
                .setExecId(execId())
                .setSignal(signal.number())
                .setAll(all && exec.isEmpty())
                .build();
    }

    /** Waits for its end, for as long as that takes. */
    public ExitStatus await() {
        return await(CallOptions.none());
    }

    private ExitStatus await(CallOptions options) {
        var answer =
                call(
                        "Wait",
                        WaitRequest.newBuilder()
                                .setId(container.value())
                                .setExecId(execId())
                                .build(),
                        WaitResponse.parser(),
                        options);
        return exit(answer.getExitStatus(), answer.getExitedAt());
    }

    /** An end as a guest tells it; one that can't be is of an unknown code, or happened now. */
    public static ExitStatus exit(int code, Timestamp at) {
        return new ExitStatus(
                code < 0 || code > ExitStatus.UNKNOWN ? ExitStatus.UNKNOWN : code, instant(at));
    }

    private static Instant instant(Timestamp at) {
        try {
            var told = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
            // Containers are not older than this, nor from tomorrow: containerd writes dates.
            var now = Instant.now();
            return told.isAfter(now.plus(Duration.ofDays(1))) || told.isBefore(Instant.EPOCH)
                    ? now
                    : told;
        } catch (DateTimeException | ArithmeticException _) {
            return Instant.now();
        }
    }

    public void resize(int columns, int rows) {
        empty(
                "ResizePty",
                ResizePtyRequest.newBuilder()
                        .setId(container.value())
                        .setExecId(execId())
                        .setWidth(columns)
                        .setHeight(rows)
                        .build());
    }

    public void pause() {
        empty("Pause", PauseRequest.newBuilder().setId(container.value()).build());
    }

    public void resume() {
        empty("Resume", ResumeRequest.newBuilder().setId(container.value()).build());
    }

    /**
     * Changes the limits of its container.
     *
     * @param resources the OCI resources, in JSON
     */
    public void update(byte[] resources) {
        empty(
                "Update",
                UpdateTaskRequest.newBuilder()
                        .setId(container.value())
                        .setResources(oci("LinuxResources", resources))
                        .build());
    }

    /** Forgets it; of an unknown one that is done. */
    public void delete() {
        try {
            var _ = change("Delete", deleteRequest(), DeleteResponse.parser(), LONG);
        } catch (SandboxException.NotFound _) {
            // It was done before.
        }
    }

    private DeleteRequest deleteRequest() {
        return DeleteRequest.newBuilder().setId(container.value()).setExecId(execId()).build();
    }

    /**
     * Ends it, if it has not ended, and forgets it: nobody knows it, and no client has asked for
     * this. A guest that says nothing of its end is not waited for.
     */
    public void discard() {
        discard(LONG_PATIENCE);
    }

    /**
     * The same for one who has no time.
     *
     * @param patience for all of it
     */
    public void discard(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        if (!isKilled(end)) {
            try {
                // The agent waits for what is being made or started, which no signal reaches.
                forget(until(end));
                return;
            } catch (SandboxException.WrongState _) {
                // It has come to run meanwhile.
                var _ = isKilled(end);
            }
        }
        awaitEnd(end);
        forget(until(end));
    }

    private void awaitEnd(long end) {
        try {
            var _ = await(until(end));
        } catch (SandboxException.NotFound _) {
            // Somebody else has forgotten it.
        }
    }

    private void forget(CallOptions options) {
        try {
            var _ = agent.ownChange("Delete", deleteRequest(), DeleteResponse.parser(), options);
        } catch (SandboxException.NotFound _) {
            // Somebody else has.
        }
    }

    /** Kills it, with all of its container if it is the first: whether that reached it. */
    private boolean isKilled(long end) {
        try {
            var _ =
                    agent.ownChange(
                            "Kill", killRequest(Signal.KILL, true), Empty.parser(), until(end));
            return true;
        } catch (SandboxException.NotFound | SandboxException.WrongState _) {
            // It has ended already, or was never started, or is not made yet.
            return false;
        }
    }

    private static CallOptions until(long end) {
        return CallOptions.timeout(Agent.left(end));
    }

    /** What its container has used. */
    public Statistics statistics(Instant now) {
        var answer =
                call(
                        "Stats",
                        StatsRequest.newBuilder().setId(container.value()).build(),
                        StatsResponse.parser(),
                        SHORT);
        try {
            return statistics(Metrics.parseFrom(answer.getStats().getValue()), now);
        } catch (InvalidProtocolBufferException e) {
            throw new SandboxException.Failed("the figures of a guest make no sense", e);
        }
    }

    private static Statistics statistics(Metrics metrics, Instant now) {
        var memory = metrics.getMemory();
        return new Statistics(
                now,
                Figure.of(metrics.getCpu().getUsageUsec(), NANOS_PER_MICRO),
                Figure.of(memory.getUsage()),
                Figure.of(memory.getInactiveFile()),
                limit(memory.getUsageLimit()),
                Figure.of(metrics.getPids().getCurrent()),
                Figure.of(metrics.getMemoryEvents().getOomKill()));
    }

    /** The largest number stands for none. */
    private static long limit(long told) {
        long limit = Figure.of(told);
        return limit == Figure.MAXIMUM ? 0 : limit;
    }

    private void empty(String method, MessageLite request) {
        var _ = change(method, request, Empty.parser(), SHORT);
    }

    private <R extends MessageLite> R change(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        return agent.change(method, execId(), request, responses, options);
    }

    private <R extends MessageLite> R call(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        return agent.call(Agent.TASK, method, request, responses, options);
    }
}
