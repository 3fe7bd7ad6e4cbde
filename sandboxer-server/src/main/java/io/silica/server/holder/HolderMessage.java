// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import io.silica.linux.Descriptor;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.ConnectionId;
import java.util.List;
import java.util.regex.Pattern;

/** What a holder says. */
sealed interface HolderMessage {
    /**
     * The first word.
     *
     * @param instance 32 hexadecimal digits, another for each holder that begins with nothing
     */
    record Hello(String instance) implements HolderMessage {}

    /** How many connections it holds at most; one of an earlier release does not say. */
    record Most(int connections) implements HolderMessage {}

    /** A connection, which the receiver of this owns. */
    record Connection(HeldConnection held) implements HolderMessage {}

    /** All connections that were there at the greeting have been sent. */
    record All() implements HolderMessage {}

    /** Something else, with which nothing came. */
    record Unknown(String text) implements HolderMessage {}

    Pattern HELLO = Pattern.compile("HELLO 1 ([0-9a-f]{32})");
    Pattern MOST = Pattern.compile("MOST (\\d{1,9})");
    Pattern CONNECTION = Pattern.compile("CONNECTION ([1-9]\\d{0,17})");

    /** Reads a message. The descriptors are taken over, or closed if there is no use for them. */
    static HolderMessage read(String text, List<Descriptor> descriptors) {
        var connection = CONNECTION.matcher(text);
        if (connection.matches() && descriptors.size() == 1) {
            var id = new ConnectionId(Long.parseLong(connection.group(1)));
            return new Connection(new HeldConnection(id, new UnixSocket(descriptors.getFirst())));
        }
        descriptors.forEach(Descriptor::close);
        var hello = HELLO.matcher(text);
        if (hello.matches()) {
            return new Hello(hello.group(1));
        }
        var most = MOST.matcher(text);
        if (most.matches()) {
            return new Most(Integer.parseInt(most.group(1)));
        }
        return text.equals("ALL") ? new All() : new Unknown(text);
    }
}
