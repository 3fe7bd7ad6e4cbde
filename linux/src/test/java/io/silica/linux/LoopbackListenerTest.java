// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import io.silica.linux.netlink.RouteSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
final class LoopbackListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private NetworkNamespace namespace;
    private Poller poller;

    @BeforeEach
    void makeNamespaceWithLoopback() throws InterruptedException {
        assumeTrue(Privilege.canMount(), "a namespace needs CAP_SYS_ADMIN");
        poller = Poller.start("silica-test-loopback");
        namespace = NetworkNamespace.create();
        boolean up =
                namespace.inside(() -> {
                    try (var routes = new RouteSocket()) {
                        var loopback = routes.links().getFirst();
                        routes.configure(loopback.index(), loopback.name(), 0);
                    }
                    return true;
                });
        assertThat(up).isTrue();
    }

    @AfterEach
    void close() {
        if (namespace != null) {
            namespace.close();
            poller.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8080, 65535})
    void aConnectionToAnyPortIsAcceptedAndTellsTheOneThatWasDialled(int port) throws Exception {
        try (var listener = LoopbackListener.open(namespace);
                var client = dial("127.0.0.1", port)) {
            assertThat(poller.await(listener.descriptor(), Epoll.READABLE, PATIENCE)).isTrue();
            try (var accepted = listener.accept().orElseThrow()) {
                assertThat(accepted.port()).isEqualTo(port);
                var out = poller.outputStream(accepted.descriptor().duplicate());
                out.write("hello".getBytes(StandardCharsets.UTF_8));
                out.close();
                accepted.shutdownOutput();
                var in = client.socket().getInputStream();
                assertThat(in.readAllBytes()).asString().isEqualTo("hello");
            }
            assertThat(listener.accept()).isEmpty();
        }
    }

    @Test
    void otherAddressesAreNoneOfItsAndAfterItsCloseNothingIs() throws Exception {
        try (var _ = LoopbackListener.open(namespace)) {
            assertThatThrownBy(() -> dial("::1", 8080)).hasRootCauseInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> dial("127.0.0.1", 8080)).hasRootCauseInstanceOf(IOException.class);
    }

    private SocketChannel dial(String host, int port) throws InterruptedException {
        return namespace.inside(() -> SocketChannel.open(new InetSocketAddress(host, port)));
    }
}
