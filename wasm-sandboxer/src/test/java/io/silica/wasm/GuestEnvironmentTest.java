// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.ProcessSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GuestEnvironmentTest {
    @Test
    void theWorkingDirectoryIsToldUnlessTheSpecificationTellsIt() {
        assertThat(of(0, "A=1")).containsExactly("A=1", "PWD=/work");
        assertThat(of(0, "PWD=/else")).containsExactly("PWD=/else");
    }

    @Test
    void theNumberOfSocketsIsTheTrueOneOrNotTold() {
        assertThat(of(2, "PWD=/", "LISTEN_FDS=7")).containsExactly("PWD=/", "LISTEN_FDS=2");
        assertThat(of(0, "PWD=/", "LISTEN_FDS=7")).containsExactly("PWD=/");
    }

    private static List<String> of(int sockets, String... env) {
        var process =
                new ProcessSpec(
                        List.of("/app.wasm"), List.of(env), "/work", ProcessSpec.User.ROOT, false);
        return GuestEnvironment.of(process, sockets);
    }
}
