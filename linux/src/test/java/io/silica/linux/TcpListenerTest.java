// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.silica.linux.TcpConnection.Direction;
import io.silica.linux.leaks.LeakCheck;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@LeakCheck
class TcpListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void bytesGoBothWaysAndEachEndIsTold() throws Exception {
        try (var listener = TcpListener.bind(0, 8);
                var poller = Poller.start("silica-test-poller");
                var arena = Arena.ofConfined();
                var client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            poller.await(listener.descriptor(), Epoll.READABLE, PATIENCE);
            try (var connection = listener.accept().orElseThrow()) {
                assertThat(listener.accept()).isEmpty();
                var buffer = arena.allocate(16);
                assertThat(connection.receive(buffer, 16, false)).isZero();

                client.getOutputStream().write("ping".getBytes(UTF_8));
                poller.await(connection.descriptor(), Epoll.READABLE, PATIENCE);
                assertThat(connection.receive(buffer, 16, true)).isEqualTo(4);
                assertThat(connection.receive(buffer, 2, false)).isEqualTo(2);
                assertThat(connection.receive(buffer, 16, false)).isEqualTo(2);

                assertThat(connection.send(buffer, 0, 2)).isEqualTo(2);
                connection.shutdown(Direction.OUTPUT);
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("ng");

                client.shutdownOutput();
                poller.await(connection.descriptor(), Epoll.READABLE, PATIENCE);
                assertThat(connection.receive(buffer, 16, false)).isEqualTo(-1);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedAndFreeAgainAfterwards() {
        int port;
        try (var listener = TcpListener.bind(0, 8)) {
            port = listener.port();
            int taken = port;
            assertThatThrownBy(() -> TcpListener.bind(taken, 8))
                    .asInstanceOf(type(LinuxException.class))
                    .returns(Errno.EADDRINUSE, LinuxException::errno);
        }
        try (var again = TcpListener.bind(port, 8)) {
            assertThat(again.port()).isEqualTo(port);
        }
    }
}
