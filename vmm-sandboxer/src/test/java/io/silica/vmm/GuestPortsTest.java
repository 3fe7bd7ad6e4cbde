// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.PortChunk;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestPorts;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class GuestPortsTest {
    private static final int PORT = 8080;

    @TempDir Path directory;
    private Agent agent;
    private FakeGuest guest;

    @BeforeEach
    void attach() {
        agent =
                Agent.listen(
                        directory.resolve("vsock"),
                        directory.resolve("new"),
                        new SandboxId("pod"),
                        1);
        guest = new FakeGuest(directory.resolve("vsock"));
    }

    @AfterEach
    void end() {
        agent.close();
        guest.kill();
    }

    @Test
    void whatIsSaidToAPortIsCarriedBothWays() throws IOException {
        try (var server = new GuestPorts(agent).dial(PORT)) {
            server.out().write("hello".getBytes(UTF_8));
            server.end().run();
            assertThat(server.in().readAllBytes()).asString(UTF_8).isEqualTo("hello");
        }
    }

    @Test
    void aPortAtWhichNobodyListensHasEnded() throws IOException {
        guest.lie(
                "Forward",
                _ -> {
                    throw new TtrpcException(StatusCode.NOT_FOUND, "nobody listens");
                });
        try (var server = new GuestPorts(agent).dial(PORT)) {
            assertThatThrownBy(() -> server.in().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nobody listens");
        }
    }

    @Test
    void aGuestThatSendsMoreThanItMayIsNotListenedTo() throws IOException {
        var much = ByteString.copyFrom(new byte[(64 << 10) + 1]);
        guest.lie("Forward", _ -> PortChunk.newBuilder().setData(much).build());
        try (var server = new GuestPorts(agent).dial(PORT)) {
            assertThatThrownBy(() -> server.in().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("window");
        }
    }

    @Test
    void whatIsCarriedEndsWithTheConnectionToTheAgent() throws IOException {
        try (var server = new GuestPorts(agent).dial(PORT)) {
            guest.hangUp();
            assertThatThrownBy(() -> server.in().read()).isInstanceOf(IOException.class);
        }
    }
}
