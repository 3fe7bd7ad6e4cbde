// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
final class NetworkClaimsTest {
    private final NetworkClaims claims = new NetworkClaims();

    /** A sentry that had it would take the addresses of the machine over. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/ns/net", "/proc/thread-self/ns/net"})
    void thatOfTheHostIsRefused(String path) {
        assertThatThrownBy(() -> claims.claim(new SandboxId("pod"), Path.of(path)))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("sandbox \"pod\"")
                .hasMessageEndingWith("is the host's");
    }
}
