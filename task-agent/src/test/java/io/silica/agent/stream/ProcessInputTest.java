// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProcessInputTest {
    private final ProcessInput input = new ProcessInput();

    @Test
    void whatIsSentTwiceIsReadOnce() throws InterruptedException {
        assertThat(input.accept(0, bytes("one "))).isEqualTo(4);
        assertThat(input.accept(0, bytes("one two"))).isEqualTo(7);
        assertThat(input.accept(4, bytes("two"))).isEqualTo(7);
        assertThat(input.buffer().reader().next().orElseThrow().bytes().toStringUtf8())
                .isEqualTo("one two");
    }

    @Test
    void aGapIsRefused() {
        assertThatThrownBy(() -> input.accept(1, bytes("x")))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }

    @Test
    void nothingNewComesBehindTheEnd() throws InterruptedException {
        input.accept(0, bytes("all"));
        input.end();
        assertThat(input.accept(0, bytes("all"))).isEqualTo(3);
        assertThatThrownBy(() -> input.accept(3, bytes("more")))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
