// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamAddressTest {
    @ParameterizedTest
    @CsvSource({
        "ttrpc+unix:///run/task.sock?streaming_id=c1-stdout, c1-stdout",
        "ttrpc+unix:///run/task.sock?a=b&streaming_id=c1-stdout&c=d, c1-stdout",
        "ttrpc+unix:///run/task.sock?streaming_id=c%2F1, c/1",
        "ttrpc+unix:///run/task.sock?streaming_id=c%, c%",
    })
    void anAddressNamesItsStream(String address, String id) {
        assertThat(StreamAddress.id(address)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/run/fifo",
                "/run/fifo?streaming_id=c1",
                "ttrpc+unix:///run/task.sock",
                "ttrpc+unix:///run/task.sock?streaming_id=",
                "ttrpc+unix:///run/task.sock?not_streaming_id=c1",
                "binary:///bin/logger?streaming_id=c1",
            })
    void nothingElseDoes(String stdio) {
        assertThat(StreamAddress.id(stdio)).isEmpty();
    }
}
