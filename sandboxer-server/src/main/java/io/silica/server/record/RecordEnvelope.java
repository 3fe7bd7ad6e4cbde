// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One file: {@code {"version":1,"kind":"sandbox","checksum":"0badcafe","record":{...}}} and a line
 * end. It is JSON for tools, but read in exactly the form in which it was written, so that no
 * damage goes unnoticed. The checksum is the CRC-32C of the record's bytes, the version and the
 * kind.
 */
final class RecordEnvelope {
    private static final Pattern HEAD =
            Pattern.compile(
                    "\\{\"version\":([1-9]\\d{0,8}),\"kind\":\"([a-z-]+)\",\"checksum\":\"([0-9a-f]{8})\",\"record\":");
    private static final byte[] TAIL = "}\n".getBytes(UTF_8);

    /** What is null is not written: it costs nothing, and is read as null. */
    private static final JsonInclude.Value PRESENT =
            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS);

    // Made at the first record, not at the start: Jackson is the largest library that the daemon
    // has.
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(_ -> PRESENT)
                    // What a newer program has added; this one can do without.
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private RecordEnvelope() {}

    static <T> byte[] write(RecordFormat<T> format, T value) {
        byte[] body = MAPPER.writeValueAsBytes(value);
        var head =
                "{\"version\":%d,\"kind\":\"%s\",\"checksum\":\"%s\",\"record\":"
                        .formatted(
                                format.written(),
                                format.kind(),
                                checksum(format.written(), format.kind(), body));
        byte[] file =
                Arrays.copyOf(head.getBytes(UTF_8), head.length() + body.length + TAIL.length);
        System.arraycopy(body, 0, file, head.length(), body.length);
        System.arraycopy(TAIL, 0, file, head.length() + body.length, TAIL.length);
        return file;
    }

    /**
     * @throws UntrustedRecordException saying in words what is wrong
     */
    static <T> T read(RecordFormat<T> format, byte[] file) throws UntrustedRecordException {
        // Every byte is a character of Latin-1, so that positions are the same.
        var head = HEAD.matcher(new String(file, ISO_8859_1));
        if (!head.lookingAt()) {
            throw new UntrustedRecordException("it does not begin as a record does");
        }
        requireReadable(format, head);
        return parse(format, body(file, head));
    }

    private static void requireReadable(RecordFormat<?> format, Matcher head)
            throws UntrustedRecordException {
        int version = Integer.parseInt(head.group(1));
        if (version > format.version()) {
            throw new UntrustedRecordException(
                    "it has version %d, newer than %d, which this program knows"
                            .formatted(version, format.version()));
        }
        if (!head.group(2).equals(format.kind())) {
            throw new UntrustedRecordException(
                    "it is a record of kind \"%s\", not \"%s\""
                            .formatted(head.group(2), format.kind()));
        }
    }

    private static byte[] body(byte[] file, Matcher head) throws UntrustedRecordException {
        int end = file.length - TAIL.length;
        if (end < head.end() || !Arrays.equals(file, end, file.length, TAIL, 0, TAIL.length)) {
            throw new UntrustedRecordException("it has no end");
        }
        byte[] body = Arrays.copyOfRange(file, head.end(), end);
        if (!checksum(Integer.parseInt(head.group(1)), head.group(2), body).equals(head.group(3))) {
            throw new UntrustedRecordException("its checksum is wrong");
        }
        return body;
    }

    private static <T> T parse(RecordFormat<T> format, byte[] body)
            throws UntrustedRecordException {
        try {
            T value = MAPPER.readValue(body, format.type());
            if (value == null) {
                throw new UntrustedRecordException("it holds nothing");
            }
            return value;
        } catch (JacksonException e) {
            throw new UntrustedRecordException(
                    "it is no " + format.type().getSimpleName() + ": " + e.getOriginalMessage());
        }
    }

    private static String checksum(int version, String kind, byte[] body) {
        var checksum = new CRC32C();
        checksum.update(body);
        checksum.update((kind + version).getBytes(UTF_8));
        return "%08x".formatted(checksum.getValue());
    }
}
