// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.silica.sandbox.SandboxException;
import org.junit.jupiter.api.Test;

class StreamTableTest {
    private final StreamTable table = new StreamTable();

    @Test
    void anIdIsOfOneProcessAtATime() {
        var first = new Idle();
        assertThat(table.use("id", first)).isEmpty();
        assertThatThrownBy(() -> table.use("id", new Idle()))
                .isInstanceOf(SandboxException.AlreadyExists.class)
                .hasMessageContaining("\"id\"");
        table.release("id", new Idle());
        assertThatThrownBy(() -> table.use("id", new Idle()))
                .isInstanceOf(SandboxException.AlreadyExists.class);
        table.release("id", first);
        assertThat(table.use("id", new Idle())).isEmpty();
    }

    private static final class Idle implements StreamUser {
        @Override
        public void connected(StreamConnection connection) {}

        @Override
        public void disconnected(StreamConnection connection, boolean closed) {}

        @Override
        public void granted() {}

        @Override
        public void received(ByteString bytes) {}
    }
}
