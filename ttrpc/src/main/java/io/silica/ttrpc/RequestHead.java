// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import io.silica.ttrpc.wire.KeyValue;
import io.silica.ttrpc.wire.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request message, read without copying the payload and with a bound on what 4 MiB can turn into:
 * an empty metadata pair takes two bytes on the wire and fifty in memory.
 *
 * @param payload a view of the frame it was read from
 * @param timeoutNanos 0 is none; negative is a deadline that has passed
 */
record RequestHead(
        String service, String method, ByteBuffer payload, long timeoutNanos, Metadata metadata) {
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    static RequestHead parse(ByteBuffer message, int maxMetadataEntries) throws IOException {
        return new Reader(message, maxMetadataEntries).read();
    }

    /**
     * @param ageNanos how long ago the request came, for that is when its time began to run
     */
    Deadline deadline(long ageNanos) {
        // Halved so that the sum with the clock cannot overflow: 146 years are enough.
        return timeoutNanos == 0
                ? Deadline.NONE
                : Deadline.afterNanos(
                        Math.clamp(timeoutNanos, 0, Long.MAX_VALUE / 2)
                                - Math.clamp(ageNanos, 0, Long.MAX_VALUE / 2));
    }

    private static final class Reader {
        private final ByteBuffer message;
        private final CodedInputStream input;
        private final int maxMetadataEntries;
        private String service = "";
        private String method = "";
        private ByteBuffer payload = NO_PAYLOAD;
        private long timeoutNanos;
        private List<KeyValue> metadata = List.of();

        private Reader(ByteBuffer message, int maxMetadataEntries) {
            this.message = message;
            this.input = CodedInputStream.newInstance(message);
            this.maxMetadataEntries = maxMetadataEntries;
        }

        private RequestHead read() throws IOException {
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                readField(tag);
            }
            return new RequestHead(
                    service, method, payload, timeoutNanos, Metadata.fromWire(metadata));
        }

        private void readField(int tag) throws IOException {
            switch (tag) {
                case Tags.SERVICE -> service = input.readStringRequireUtf8();
                case Tags.METHOD -> method = input.readStringRequireUtf8();
                case Tags.PAYLOAD -> payload = readSlice();
                case Tags.TIMEOUT -> timeoutNanos = input.readInt64();
                case Tags.METADATA -> readMetadata();
                default -> input.skipField(tag);
            }
        }

        private ByteBuffer readSlice() throws IOException {
            int length = input.readRawVarint32();
            int start = message.position() + input.getTotalBytesRead();
            input.skipRawBytes(length);
            return message.slice(start, length);
        }

        private void readMetadata() throws IOException {
            if (metadata.size() == maxMetadataEntries) {
                throw new TtrpcException(
                        StatusCode.RESOURCE_EXHAUSTED,
                        "metadata has more than %d entries".formatted(maxMetadataEntries));
            }
            if (metadata.isEmpty()) {
                metadata = new ArrayList<>();
            }
            metadata.add(
                    input.readMessage(KeyValue.parser(), ExtensionRegistryLite.getEmptyRegistry()));
        }
    }

    /** Field number and wire type of each field, as they stand on the wire. */
    private static final class Tags {
        private static final int SERVICE =
                Request.SERVICE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int METHOD =
                Request.METHOD_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int PAYLOAD =
                Request.PAYLOAD_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        private static final int TIMEOUT =
                Request.TIMEOUT_NANO_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
        private static final int METADATA =
                Request.METADATA_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
