// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.ttrpc.wire.KeyValue;
import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request says, without its secrets: only fields that are named here are shown, so that
 * whatever a later containerd adds is withheld. Process specs, options, mounts, annotations and the
 * addresses of streams can all carry passwords.
 *
 * @param service full name
 * @param method within the service
 * @param namespace containerd's; empty if none was said
 * @param shown fields and their values
 * @param withheld the names of the other fields that were set
 */
public record RequestContent(
        String service,
        String method,
        String namespace,
        Map<String, Object> shown,
        List<String> withheld) {
    private static final Set<String> HARMLESS =
            Set.of(
                    "id",
                    "exec_id",
                    "bundle",
                    "terminal",
                    "signal",
                    "all",
                    "width",
                    "height",
                    "now");

    private static final Set<String> SERVICES =
            Set.of("containerd.task.v3.Task", "containerd.task.v2.Task");
    private static final String NAMESPACE = "containerd-namespace-ttrpc";
    private static final int LONGEST = 256;
    private static final List<String> EVERYTHING = List.of("(everything)");

    /** Reads the payload of a frame. What cannot be read is withheld. */
    static RequestContent of(ByteBuffer payload) {
        try {
            var request = Request.parseFrom(payload);
            var type = type(request);
            return type.isPresent()
                    ? of(request, DynamicMessage.parseFrom(type.get(), request.getPayload()))
                    : new RequestContent(request, Map.of(), EVERYTHING);
        } catch (InvalidProtocolBufferException _) {
            return new RequestContent("", "", "", Map.of(), EVERYTHING);
        }
    }

    private RequestContent(Request request, Map<String, Object> shown, List<String> withheld) {
        this(
                shortened(request.getService()),
                shortened(request.getMethod()),
                namespace(request),
                shown,
                withheld);
    }

    private static Optional<Descriptor> type(Request request) {
        if (!SERVICES.contains(request.getService())) {
            return Optional.empty();
        }
        var task = CreateTaskRequest.getDescriptor().getFile().findServiceByName("Task");
        return Optional.ofNullable(task.findMethodByName(request.getMethod()))
                .map(method -> method.getInputType());
    }

    private static RequestContent of(Request request, DynamicMessage message) {
        Map<String, Object> shown = new LinkedHashMap<>();
        List<String> withheld = new ArrayList<>();
        message.getAllFields()
                .forEach((field, value) -> {
                    if (isHarmless(field)) {
                        shown.put(field.getName(), value(value));
                    } else {
                        withheld.add(field.getName());
                    }
                });
        if (!message.getUnknownFields().isEmpty()) {
            withheld.add("(unknown fields)");
        }
        return new RequestContent(request, shown, withheld);
    }

    private static boolean isHarmless(FieldDescriptor field) {
        return HARMLESS.contains(field.getName());
    }

    private static Object value(Object value) {
        return value instanceof String text ? shortened(text) : value;
    }

    private static String namespace(Request request) {
        return request.getMetadataList().stream()
                .filter(pair -> pair.getKey().equals(NAMESPACE))
                .map(KeyValue::getValue)
                .findFirst()
                .map(RequestContent::shortened)
                .orElse("");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
