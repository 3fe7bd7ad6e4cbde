// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import static java.util.stream.Stream.concat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads the facts out of descriptors.
 *
 * <p>Names of files, comments and options for generators are no facts: they do not travel. A map is
 * what it is on the wire: a repeated message with a key and a value.
 */
final class DescriptorReader {

    private final String topLevel;

    private DescriptorReader(String topLevel) {
        this.topLevel = topLevel;
    }

    static Stream<WireFact> facts(FileDescriptorProto file) {
        var prefix = file.getPackage() + ".";
        var messages =
                file.getMessageTypeList().stream()
                        .flatMap(m -> new DescriptorReader(prefix + m.getName()).message(m));
        var enums =
                file.getEnumTypeList().stream()
                        .flatMap(e -> new DescriptorReader(prefix + e.getName()).enumeration(e));
        var services =
                file.getServiceList().stream()
                        .flatMap(s -> new DescriptorReader(prefix + s.getName()).service(s));
        return Stream.of(messages, enums, services).flatMap(part -> part);
    }

    private Stream<WireFact> message(DescriptorProto message) {
        return message(topLevel, message);
    }

    private Stream<WireFact> message(String name, DescriptorProto message) {
        var fields = message.getFieldList().stream().map(f -> field(name, message, f));
        var nested =
                message.getNestedTypeList().stream()
                        .flatMap(m -> message(name + "." + m.getName(), m));
        var enums =
                message.getEnumTypeList().stream()
                        .flatMap(e -> enumeration(name + "." + e.getName(), e));
        return Stream.of(Stream.of(fact(name, "message")), fields, nested, enums)
                .flatMap(part -> part);
    }

    private WireFact field(
            String messageName, DescriptorProto message, FieldDescriptorProto field) {
        return fact(
                messageName + "." + field.getName(),
                label(message, field) + type(field) + " = " + field.getNumber());
    }

    private static String label(DescriptorProto message, FieldDescriptorProto field) {
        if (field.getLabel() == Label.LABEL_REPEATED) {
            return "repeated ";
        }
        if (field.getProto3Optional()) {
            return "optional ";
        }
        return field.hasOneofIndex()
                ? "oneof " + message.getOneofDecl(field.getOneofIndex()).getName() + " "
                : "";
    }

    private static String type(FieldDescriptorProto field) {
        return field.hasTypeName()
                ? qualified(field.getTypeName())
                : field.getType().name().replace("TYPE_", "").toLowerCase(Locale.ROOT);
    }

    private Stream<WireFact> enumeration(EnumDescriptorProto enumeration) {
        return enumeration(topLevel, enumeration);
    }

    private Stream<WireFact> enumeration(String name, EnumDescriptorProto enumeration) {
        return concat(
                Stream.of(fact(name, "enum")),
                enumeration.getValueList().stream()
                        .map(v -> fact(name + "." + v.getName(), "= " + v.getNumber())));
    }

    private Stream<WireFact> service(ServiceDescriptorProto service) {
        return concat(
                Stream.of(fact(topLevel, "service")),
                service.getMethodList().stream()
                        .map(m -> fact(topLevel + "." + m.getName(), signature(m))));
    }

    private static String signature(MethodDescriptorProto method) {
        return "rpc(%s%s) returns (%s%s)"
                .formatted(
                        method.getClientStreaming() ? "stream " : "",
                        qualified(method.getInputType()),
                        method.getServerStreaming() ? "stream " : "",
                        qualified(method.getOutputType()));
    }

    /** Descriptors write a full name with a dot before it. */
    private static String qualified(String reference) {
        return reference.substring(1);
    }

    private WireFact fact(String name, String says) {
        return new WireFact(topLevel, name, says);
    }
}
