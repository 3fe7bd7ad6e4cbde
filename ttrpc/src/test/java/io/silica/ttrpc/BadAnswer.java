// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;

/** What a server could send that no server should, and the status that the call fails with. */
record BadAnswer(String name, ByteBuffer bytes, StatusCode code) {
    @Override
    public String toString() {
        return name;
    }
}
