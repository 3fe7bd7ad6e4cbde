// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void whatIsNotChangedIsWrittenAsItWas() {
        var json =
                "{\"a\":[1,-2.5e3,true,false,null,\"\\u00e9\\n\\\"\"],\"b\":{},\"c\":[],\"d\":{\"e\":\"ü\"}}";
        assertThat(JsonWriter.write(JsonReader.read(json))).isEqualTo(json);
        assertThat(JsonWriter.write(JsonReader.read(" { \"x\" : [ 1 , 2 ] } ")))
                .isEqualTo("{\"x\":[1,2]}");
    }

    @Test
    void aStringIsReadWithoutItsEscapesAndWrittenWithThem() {
        var object = JsonReader.readObject("{\"a\":\"\\u0041\\t\\\\ \\/\\\"\"}");
        assertThat(object.text("a")).isEqualTo("A\t\\ /\"");
        object.put("b", "line\n\"\\\u0001");
        assertThat(JsonWriter.write(object)).endsWith("\"b\":\"line\\u000a\\\"\\\\\\u0001\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,",
                "{\"a\"}",
                "{\"a\":}",
                "[1 2]",
                "\"abc",
                "\"\\x\"",
                "\"\\u12\"",
                "nul",
                "tru",
                "1 2",
                "{\"a\":1,}",
                "'a'",
                "\"a\nb\"",
                "\"\\"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void aDeepTreeIsRefused() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(100_000)))
                .isInstanceOf(JsonException.class);
    }
}
