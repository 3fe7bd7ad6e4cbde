// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Fills a message from a tree that has the form of crictl's files.
 *
 * <p>protobuf's own JSON form differs in two ways: it writes bytes in base64 where crictl's files
 * have text, and it does not say where in the tree an error is.
 */
final class MessageReader {
    private MessageReader() {}

    /**
     * Fields go by their name in CRI or its lowerCamelCase form, enumerations by number or name.
     *
     * @throws IllegalArgumentException naming the path of the field that cannot be read
     */
    static void read(JsonNode tree, Message.Builder builder) {
        readMessage("", tree, builder);
    }

    private static void readMessage(String path, JsonNode tree, Message.Builder builder) {
        expect(tree.isObject(), path, "an object", tree);
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            String fieldPath = child(path, property.getKey());
            FieldDescriptor field = field(builder, property.getKey(), fieldPath);
            if (!property.getValue().isNull()) {
                readField(fieldPath, property.getValue(), builder, field);
            }
        }
    }

    private static FieldDescriptor field(Message.Builder builder, String name, String path) {
        for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
            if (name.equals(field.getName()) || name.equals(field.getJsonName())) {
                return field;
            }
        }
        throw new IllegalArgumentException(
                "unknown field %s; %s has %s"
                        .formatted(
                                path,
                                builder.getDescriptorForType().getName(),
                                builder.getDescriptorForType().getFields().stream()
                                        .map(FieldDescriptor::getName)
                                        .toList()));
    }

    private static void readField(
            String path, JsonNode node, Message.Builder builder, FieldDescriptor field) {
        if (field.isMapField()) {
            readMap(path, node, builder, field);
        } else if (field.isRepeated()) {
            expect(node.isArray(), path, "a list", node);
            int index = 0;
            for (JsonNode element : node) {
                String elementPath = "%s[%d]".formatted(path, index++);
                builder.addRepeatedField(field, value(elementPath, element, builder, field));
            }
        } else {
            builder.setField(field, value(path, node, builder, field));
        }
    }

    private static void readMap(
            String path, JsonNode node, Message.Builder builder, FieldDescriptor field) {
        expect(node.isObject(), path, "an object", node);
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            Message.Builder entry = builder.newBuilderForField(field);
            var fields = entry.getDescriptorForType();
            FieldDescriptor value = fields.findFieldByName("value");
            entry.setField(fields.findFieldByName("key"), property.getKey());
            entry.setField(
                    value,
                    value(child(path, property.getKey()), property.getValue(), entry, value));
            builder.addRepeatedField(field, entry.build());
        }
    }

    private static Object value(
            String path, JsonNode node, Message.Builder builder, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> {
                Message.Builder message = builder.newBuilderForField(field);
                readMessage(path, node, message);
                yield message.build();
            }
            case ENUM -> enumValue(path, node, field.getEnumType());
            case STRING -> text(path, node);
            case BYTE_STRING -> ByteString.copyFromUtf8(text(path, node));
            case BOOLEAN -> {
                expect(node.isBoolean(), path, "true or false", node);
                yield node.booleanValue();
            }
            case INT -> (int) number(path, node, field);
            case LONG -> number(path, node, field);
            case DOUBLE -> {
                expect(node.isNumber(), path, "a number", node);
                yield node.doubleValue();
            }
            case FLOAT -> {
                expect(node.isNumber(), path, "a number", node);
                yield node.floatValue();
            }
        };
    }

    private static String text(String path, JsonNode node) {
        expect(node.isString(), path, "a string", node);
        return node.stringValue();
    }

    /** Unsigned fields are held in signed types of the same width, as protobuf does. */
    private static long number(String path, JsonNode node, FieldDescriptor field) {
        boolean wide = field.getJavaType() == FieldDescriptor.JavaType.LONG;
        boolean unsigned = field.getLiteType().name().startsWith("UINT");
        long smallest = unsigned ? 0 : wide ? Long.MIN_VALUE : Integer.MIN_VALUE;
        long largest = wide ? Long.MAX_VALUE : unsigned ? 0xFFFF_FFFFL : Integer.MAX_VALUE;
        expect(
                node.isIntegralNumber()
                        && node.canConvertToLong()
                        && node.longValue() >= smallest
                        && node.longValue() <= largest,
                path,
                "a whole number from %d to %d".formatted(smallest, largest),
                node);
        return node.longValue();
    }

    private static EnumValueDescriptor enumValue(String path, JsonNode node, EnumDescriptor type) {
        for (EnumValueDescriptor value : type.getValues()) {
            if ((node.isIntegralNumber() && node.longValue() == value.getNumber())
                    || (node.isString() && node.stringValue().equals(value.getName()))) {
                return value;
            }
        }
        throw wrong(path, "one of " + type.getValues(), node);
    }

    private static void expect(boolean holds, String path, String wanted, JsonNode node) {
        if (!holds) {
            throw wrong(path, wanted, node);
        }
    }

    private static IllegalArgumentException wrong(String path, String wanted, JsonNode node) {
        return new IllegalArgumentException(
                "%s must be %s, not %s"
                        .formatted(path.isEmpty() ? "the file" : path, wanted, node));
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
