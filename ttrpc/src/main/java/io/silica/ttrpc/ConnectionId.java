// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** Names a connection among those of one server, in the order accepted. Never reused. */
public record ConnectionId(long value) {
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
