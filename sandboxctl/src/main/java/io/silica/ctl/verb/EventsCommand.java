// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.cli.ReadOutput;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.MessageTree;
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
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code sandboxctl events}. */
@Command(
        name = "events",
        description =
                "Prints containerd's events as they come, a line of JSON each, until it is ended.",
        mixinStandardHelpOptions = true)
public final class EventsCommand extends Verb {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Those that sandboxers publish, by the last part of their type's name. */
    private static final Map<String, Parser<? extends Message>> KNOWN =
            Map.of(
                    "TaskCreate", TaskCreate.parser(),
                    "TaskStart", TaskStart.parser(),
                    "TaskDelete", TaskDelete.parser(),
                    "TaskExit", TaskExit.parser(),
                    "TaskOOM", TaskOOM.parser(),
                    "TaskExecAdded", TaskExecAdded.parser(),
                    "TaskExecStarted", TaskExecStarted.parser(),
                    "TaskPaused", TaskPaused.parser(),
                    "TaskResumed", TaskResumed.parser());

    @Override
    int run(CriClient client) {
        var out = new ReadOutput(console().out());
        client.events(envelope -> print(envelope, out));
        return ExitCode.OK;
    }

    private static void print(Envelope envelope, OutputStream out) {
        try {
            out.write((MAPPER.writeValueAsString(tree(envelope)) + "\n").getBytes(UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode tree(Envelope envelope) {
        var time = envelope.getTimestamp();
        var tree =
                MAPPER.createObjectNode()
                        .put(
                                "time",
                                Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                                        .toString())
                        .put("namespace", envelope.getNamespace())
                        .put("topic", envelope.getTopic())
                        .put("type", envelope.getEvent().getTypeUrl());
        var parser = KNOWN.get(lastPart(envelope.getEvent()));
        if (parser != null) {
            try {
                tree.set("event", MessageTree.of(parser.parseFrom(envelope.getEvent().getValue())));
            } catch (InvalidProtocolBufferException e) {
                tree.put("problem", e.getMessage());
            }
        }
        return tree;
    }

    private static String lastPart(Any event) {
        return event.getTypeUrl().substring(event.getTypeUrl().lastIndexOf('.') + 1);
    }
}
