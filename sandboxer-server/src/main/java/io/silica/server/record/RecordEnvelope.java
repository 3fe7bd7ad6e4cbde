// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;

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

    private static final HexFormat HEX = HexFormat.of();

    private RecordEnvelope() {}

    static <T> byte[] write(RecordFormat<T> format, T value) {
        return enveloped(format, MemberWriter.object(format.form(), value));
    }

    /** A file with that body, whatever it is. */
    static byte[] enveloped(RecordFormat<?> format, byte[] body) {
        String checksum = checksum(format.written(), format.kind(), body);
        // Concatenated, for it is made at each change of a sandbox: formatting takes longer.
        var head =
                "{\"version\":"
                        + format.written()
                        + ",\"kind\":\""
                        + format.kind()
                        + "\",\"checksum\":\""
                        + checksum
                        + "\",\"record\":";
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
            return format.form().read(Members.of(body));
        } catch (JacksonException e) {
            throw new UntrustedRecordException("it is no JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new UntrustedRecordException("it is no " + format.kind() + ": " + e.getMessage());
        }
    }

    private static String checksum(int version, String kind, byte[] body) {
        var checksum = new CRC32C();
        checksum.update(body);
        checksum.update((kind + version).getBytes(UTF_8));
        return HEX.toHexDigits(checksum.getValue(), 8);
    }
}
