// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message as a tree in protobuf's JSON form, with two differences for people and scripts: fields
 * that have their default value are there, too, and bytes are text.
 */
public final class MessageTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MessageTree() {}

    /** The tree; messages that are not set are left out. */
    public static ObjectNode of(Message message) {
        var tree = NODES.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated() || !field.hasPresence() || message.hasField(field)) {
                tree.set(field.getJsonName(), node(field, message.getField(field)));
            }
        }
        return tree;
    }

    private static JsonNode node(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            return map(field, (List<?>) value);
        }
        if (!field.isRepeated()) {
            return single(value);
        }
        var list = NODES.arrayNode();
        ((List<?>) value).forEach(each -> list.add(single(each)));
        return list;
    }

    private static JsonNode map(FieldDescriptor field, List<?> entries) {
        var tree = NODES.objectNode();
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        for (Object entry : entries) {
            var fields = ((Message) entry).getAllFields();
            tree.set(
                    String.valueOf(fields.getOrDefault(key, "")),
                    single(valueOf(fields, (Message) entry, value)));
        }
        return tree;
    }

    private static Object valueOf(
            Map<FieldDescriptor, Object> set, Message entry, FieldDescriptor value) {
        return set.getOrDefault(value, entry.getField(value));
    }

    /** 64 bits are text, as protobuf has it: not every reader keeps so large a number exact. */
    private static JsonNode single(Object value) {
        return switch (value) {
            case Message message -> of(message);
            case EnumValueDescriptor constant -> NODES.stringNode(constant.getName());
            case ByteString bytes -> NODES.stringNode(bytes.toStringUtf8());
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode(number);
            case Float number -> NODES.numberNode(number);
            default -> NODES.stringNode(String.valueOf(value));
        };
    }
}
