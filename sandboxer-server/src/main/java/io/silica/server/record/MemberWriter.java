// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the members of a JSON object. What is null is not written, and is read as null. */
public final class MemberWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;

    private MemberWriter(JsonGenerator json) {
        this.json = json;
    }

    /** The object of a record. */
    static <T> byte[] object(RecordForm<T> form, T record) {
        var bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            new MemberWriter(json).object(record, form);
        }
        return bytes.toByteArray();
    }

    public MemberWriter text(String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
        return this;
    }

    public MemberWriter number(String name, long value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    public MemberWriter numberOrNull(String name, @Nullable Integer value) {
        return value == null ? this : number(name, value);
    }

    public MemberWriter flag(String name, @Nullable Boolean value) {
        if (value != null) {
            json.writeBooleanProperty(name, value);
        }
        return this;
    }

    public MemberWriter texts(String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
        return this;
    }

    public MemberWriter texts(String name, Map<String, String> values) {
        json.writeObjectPropertyStart(name);
        values.forEach(json::writeStringProperty);
        json.writeEndObject();
        return this;
    }

    /** Left out if it is null. */
    public MemberWriter textsOrNull(String name, @Nullable Map<String, String> values) {
        return values == null ? this : texts(name, values);
    }

    public <T> MemberWriter object(String name, @Nullable T value, RecordForm<T> form) {
        if (value != null) {
            json.writeName(name);
            object(value, form);
        }
        return this;
    }

    public <T> MemberWriter objects(String name, @Nullable List<T> values, RecordForm<T> form) {
        if (values != null) {
            json.writeArrayPropertyStart(name);
            values.forEach(value -> object(value, form));
            json.writeEndArray();
        }
        return this;
    }

    private <T> void object(T record, RecordForm<T> form) {
        json.writeStartObject();
        form.write(record, this);
        json.writeEndObject();
    }
}
