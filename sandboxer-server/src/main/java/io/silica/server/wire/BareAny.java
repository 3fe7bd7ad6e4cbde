// SPDX-License-Identifier: Apache-2.0
package io.silica.server.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Message;

/**
 * An Any as containerd's typeurl makes and takes it: the type's full name alone, without the host
 * and the slash that protobuf's own pack and unpack insist on.
 */
public final class BareAny {
    private BareAny() {}

    /** Packs a message under its bare name. */
    public static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    /** The type's name, whether it is bare or not. */
    public static String type(Any any) {
        String url = any.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
