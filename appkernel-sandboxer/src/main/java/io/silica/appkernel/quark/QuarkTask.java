// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.CreateTaskResponse;
import io.silica.proto.containerd.task.DeleteRequest;
import io.silica.proto.containerd.task.DeleteResponse;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import io.silica.proto.containerd.task.StartRequest;
import io.silica.proto.containerd.task.StartResponse;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.containerd.task.WaitRequest;
import io.silica.proto.containerd.task.WaitResponse;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.ttrpc.CallOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A process as Quark's task service knows it. Every method is a call and throws what is answered.
 * The pids in the answers are not looked at: Quark says 123 of all.
 */
final class QuarkTask {
    private static final String PROCESS =
            "types.containerd.io/opencontainers/runtime-spec/1/Process";
    private static final CallOptions SHORT = CallOptions.timeout(Duration.ofSeconds(30));

    /** A program is loaded meanwhile, from a volume perhaps. */
    private static final CallOptions LONG = CallOptions.timeout(Duration.ofMinutes(2));

    private final TaskSocket socket;
    private final ContainerId container;
    private final String exec;

    /**
     * @param exec empty for a container's first process
     */
    QuarkTask(TaskSocket socket, ContainerId container, Optional<ExecId> exec) {
        this.socket = socket;
        this.container = container;
        this.exec = exec.map(ExecId::value).orElse("");
    }

    /**
     * Makes the container.
     *
     * @param streams as Quark finds them
     */
    void create(Stdio streams) {
        var _ =
                socket.call(
                        "Create",
                        CreateTaskRequest.newBuilder()
                                .setId(container.value())
                                .setBundle("/" + container)
                                .setTerminal(streams.terminal())
                                .setStdin(streams.stdin())
                                .setStdout(streams.stdout())
                                .setStderr(streams.stderr())
                                .build(),
                        CreateTaskResponse.parser(),
                        LONG);
    }

    /**
     * Adds it to its container.
     *
     * @param process the OCI process, in JSON
     * @param streams as Quark finds them
     */
    void add(byte[] process, Stdio streams) {
        var _ =
                socket.call(
                        "Exec",
                        ExecProcessRequest.newBuilder()
                                .setId(container.value())
                                .setExecId(exec)
                                .setTerminal(streams.terminal())
                                .setStdin(streams.stdin())
                                .setStdout(streams.stdout())
                                .setStderr(streams.stderr())
                                .setSpec(
                                        Any.newBuilder()
                                                .setTypeUrl(PROCESS)
                                                .setValue(ByteString.copyFrom(process)))
                                .build(),
                        Empty.parser(),
                        SHORT);
    }

    void start() {
        var request = StartRequest.newBuilder().setId(container.value()).setExecId(exec).build();
        var _ = socket.call("Start", request, StartResponse.parser(), LONG);
    }

    /** What is so with it; empty if Quark knows nothing of it. */
    Optional<Status> status() {
        var request = StateRequest.newBuilder().setId(container.value()).setExecId(exec).build();
        try {
            return Optional.of(
                    socket.call("State", request, StateResponse.parser(), SHORT).getStatus());
        } catch (SandboxException.NotFound | SandboxException.Failed _) {
            return Optional.empty();
        }
    }

    void kill(Signal signal, boolean all) {
        var _ =
                socket.call(
                        "Kill",
                        KillRequest.newBuilder()
                                .setId(container.value())
                                .setExecId(exec)
                                .setSignal(signal.number())
                                .setAll(all && exec.isEmpty())
                                .build(),
                        Empty.parser(),
                        SHORT);
    }

    /** Waits for its end, for as long as that takes. */
    ExitStatus await() {
        return await(CallOptions.none());
    }

    /** The end of one that has ended. */
    ExitStatus end() {
        return await(SHORT);
    }

    private ExitStatus await(CallOptions options) {
        var request = WaitRequest.newBuilder().setId(container.value()).setExecId(exec).build();
        var answer = socket.call("Wait", request, WaitResponse.parser(), options);
        int code = answer.getExitStatus();
        return new ExitStatus(
                code < 0 || code > ExitStatus.UNKNOWN ? ExitStatus.UNKNOWN : code,
                at(answer.getExitedAt()));
    }

    /** When Quark says that it was; now, if that cannot be. */
    private static Instant at(Timestamp told) {
        var now = InstantSource.system().instant();
        try {
            var at = Instant.ofEpochSecond(told.getSeconds(), told.getNanos());
            return at.isAfter(Instant.EPOCH) && at.isBefore(now) ? at : now;
        } catch (DateTimeException | ArithmeticException _) {
            return now;
        }
    }

    /** Has Quark forget it; of an unknown one that is done. */
    void delete() {
        var request = DeleteRequest.newBuilder().setId(container.value()).setExecId(exec).build();
        try {
            var _ = socket.call("Delete", request, DeleteResponse.parser(), SHORT);
        } catch (SandboxException.NotFound _) {
            // It was done before.
        } catch (SandboxException.Failed e) {
            // Most that it refuses it calls so, what it does not know as well.
            if (status().isPresent()) {
                throw e;
            }
        }
    }
}
