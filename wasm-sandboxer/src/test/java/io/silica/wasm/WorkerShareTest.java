// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class WorkerShareTest {
    @Test
    void aWorkerThatHasEndedIsLeftToWhoeverStartedIt() {
        var share =
                new WorkerShare(Optional.empty(), 1, OptionalLong.empty(), OptionalLong.empty());
        assertThatCode(() -> share.take(Integer.MAX_VALUE)).doesNotThrowAnyException();
    }
}
