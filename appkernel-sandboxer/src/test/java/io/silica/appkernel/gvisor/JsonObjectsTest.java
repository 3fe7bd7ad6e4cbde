// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JsonObjectsTest {
    private final JsonObjects objects = new JsonObjects(64);

    @Test
    void anObjectThatComesInSingleBytesIsFoundWithItsLast() {
        String text = "{\"a\":[1,{\"b\":2}]}";
        for (int i = 0; i < text.length() - 1; i++) {
            assertThat(take(text.substring(i, i + 1))).isEmpty();
        }
        assertThat(take("}")).contains(text);
    }

    @Test
    void bracketsAndQuotesWithinAStringCloseNothing() {
        assertThat(take("{\"a\":\"}\\\"]\\\\\"}")).contains("{\"a\":\"}\\\"]\\\\\"}");
    }

    @Test
    void whatComesBehindAnObjectIsDropped() {
        assertThat(take(" \n{}{\"next\":1}")).contains("{}");
    }

    @Test
    void whatIsNoObjectIsRefusedAtItsFirstByte() {
        assertThatThrownBy(() -> take("HTTP/1.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("byte 72");
    }

    @Test
    void anObjectWithoutAnEndIsRefusedWhenItIsTooLong() {
        assertThatThrownBy(() -> take("{\"a\":\"" + "x".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 bytes");
    }

    private Optional<String> take(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return objects.take(bytes, bytes.length).map(it -> new String(it, StandardCharsets.UTF_8));
    }
}
