// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How containerd names a stream: our own address with the stream's id behind it. */
final class StreamAddress {
    private static final Pattern FORM =
            Pattern.compile("[a-z]+\\+[a-z]+://[^?]*\\?(?:.*&)?streaming_id=([^&]+)(?:&.*)?");

    private StreamAddress() {}

    /** The id of the stream; empty if this is the path of a FIFO, or nothing that we know. */
    static Optional<String> id(String stdio) {
        Matcher form = FORM.matcher(stdio);
        return form.matches() ? Optional.of(decoded(form.group(1))) : Optional.empty();
    }

    private static String decoded(String id) {
        try {
            return URLDecoder.decode(id, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // Nobody can have opened a stream of such an id.
            return id;
        }
    }
}
