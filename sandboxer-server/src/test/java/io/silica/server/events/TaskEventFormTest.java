// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.silica.proto.containerd.events.TaskCreate;
import io.silica.proto.containerd.events.TaskDelete;
import io.silica.proto.containerd.events.TaskExecAdded;
import io.silica.proto.containerd.events.TaskExecStarted;
import io.silica.proto.containerd.events.TaskExit;
import io.silica.proto.containerd.events.TaskOOM;
import io.silica.proto.containerd.events.TaskPaused;
import io.silica.proto.containerd.events.TaskResumed;
import io.silica.proto.containerd.events.TaskStart;
import io.silica.proto.containerd.types.Envelope;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.Stdio;
import io.silica.sandbox.TaskEvent;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TaskEventFormTest {
    private static final ContainerId CONTAINER = new ContainerId("c1");
    private static final ExecId EXEC = new ExecId("e1");
    private static final ExitStatus EXIT = new ExitStatus(137, Instant.ofEpochSecond(5, 6));
    private static final Stdio STDIO = new Stdio("", "/out", "/err", true);
    private static final MountSpec ROOTFS =
            new MountSpec("overlay", "overlay", "", List.of("lowerdir=/l"));

    static Stream<Arguments> events() {
        return Stream.of(
                Arguments.of(
                        new TaskEvent.Created(CONTAINER, "/bundle", List.of(ROOTFS), STDIO, 7),
                        "/tasks/create",
                        TaskCreate.getDefaultInstance(),
                        """
                        container_id: "c1" bundle: "/bundle" rootfs { type: "overlay" source: "overlay" \
                        options: "lowerdir=/l" } io { stdout: "/out" stderr: "/err" terminal: true } pid: 7\
                        """),
                Arguments.of(
                        new TaskEvent.Started(CONTAINER, 7),
                        "/tasks/start",
                        TaskStart.getDefaultInstance(),
                        "container_id: \"c1\" pid: 7"),
                Arguments.of(
                        new TaskEvent.Exited(CONTAINER, "e1", 7, EXIT),
                        "/tasks/exit",
                        TaskExit.getDefaultInstance(),
                        """
                        container_id: "c1" id: "e1" pid: 7 exit_status: 137 \
                        exited_at { seconds: 5 nanos: 6 }\
                        """),
                Arguments.of(
                        new TaskEvent.Deleted(CONTAINER, 7, EXIT),
                        "/tasks/delete",
                        TaskDelete.getDefaultInstance(),
                        """
                        container_id: "c1" pid: 7 exit_status: 137 \
                        exited_at { seconds: 5 nanos: 6 }\
                        """),
                Arguments.of(
                        new TaskEvent.OutOfMemory(CONTAINER),
                        "/tasks/oom",
                        TaskOOM.getDefaultInstance(),
                        "container_id: \"c1\""),
                Arguments.of(
                        new TaskEvent.ExecAdded(CONTAINER, EXEC),
                        "/tasks/exec-added",
                        TaskExecAdded.getDefaultInstance(),
                        "container_id: \"c1\" exec_id: \"e1\""),
                Arguments.of(
                        new TaskEvent.ExecStarted(CONTAINER, EXEC, 8),
                        "/tasks/exec-started",
                        TaskExecStarted.getDefaultInstance(),
                        "container_id: \"c1\" exec_id: \"e1\" pid: 8"),
                Arguments.of(
                        new TaskEvent.Paused(CONTAINER),
                        "/tasks/paused",
                        TaskPaused.getDefaultInstance(),
                        "container_id: \"c1\""),
                Arguments.of(
                        new TaskEvent.Resumed(CONTAINER),
                        "/tasks/resumed",
                        TaskResumed.getDefaultInstance(),
                        "container_id: \"c1\""));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventHasItsTopicAndItsMessage(
            TaskEvent event, String topic, Message type, String text)
            throws InvalidProtocolBufferException, TextFormat.ParseException {
        Envelope envelope = TaskEventForm.envelope(event, "k8s.io", Instant.EPOCH);

        Message.Builder expected = type.newBuilderForType();
        TextFormat.merge(text, expected);
        assertThat(envelope.getTopic()).isEqualTo(topic);
        assertThat(envelope.getEvent().getTypeUrl())
                .isEqualTo(type.getDescriptorForType().getFullName());
        assertThat(type.getParserForType().parseFrom(envelope.getEvent().getValue()))
                .isEqualTo(expected.build());
    }
}
