// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.ListResponse;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.StreamLimits;
import java.io.EOFException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest hears of its host besides questions. */
@LeakCheck
final class AgentLinkTest {
    private static final SandboxId POD = new SandboxId("pod");

    @TempDir Path directory;

    @Test
    void aGuestThatIsAskedNothingHearsOfItsHostAgainAndAgain() throws Exception {
        var socket = directory.resolve("vsock_5000");
        try (var _ = Agent.listen(socket, directory.resolve("new"), POD, 1, Duration.ofMillis(1));
                var guest = RawGuest.attached(socket, 1)) {
            for (int i = 0; i < 3; i++) {
                assertThat(guest.heartbeat()).isTrue();
            }
        }
    }

    @Test
    void aGuestThatIsLetGoHearsTheEndAndLosesNothingThatItIsSending() throws Exception {
        var socket = directory.resolve("vsock_5000");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            var guest = RawGuest.dial(socket);
            var link = new AgentLink(listener.accept(), StreamLimits.standard());
            var letting =
                    Thread.ofVirtual()
                            .name("lets go")
                            .start(() -> link.letGo(Duration.ofMinutes(1)));
            assertThatThrownBy(guest::request).isInstanceOf(EOFException.class);
            guest.answer(1, ListResponse.getDefaultInstance());
            guest.close();
            letting.join();
            assertThat(link.client().isOpen()).isFalse();
        }
    }
}
