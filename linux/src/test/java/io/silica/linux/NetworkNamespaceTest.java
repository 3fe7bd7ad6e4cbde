// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class NetworkNamespaceTest {
    @Test
    void whatRunsInsideSeesAnotherNetworkAndTheCallerStays() throws Exception {
        assumeTrue(Privilege.canMount(), "a namespace needs CAP_SYS_ADMIN");
        var outside = current();
        try (var namespace = NetworkNamespace.create()) {
            var inside = namespace.inside(NetworkNamespaceTest::current);
            assertThat(inside).startsWith("net:[").isNotEqualTo(outside);
            assertThat(namespace.inside(NetworkNamespaceTest::current)).isEqualTo(inside);
            assertThat(namespace.<Boolean>inside(() -> Thread.currentThread().isVirtual()))
                    .isFalse();
            assertThat(
                            namespace.inside(
                                    () -> Files.readAllLines(Path.of("/proc/thread-self/net/dev"))))
                    .hasSize(3)
                    .anyMatch(line -> line.contains("lo:"));
        }
        assertThat(current()).isEqualTo(outside);
    }

    @Test
    void aRefusalInsideComesOut() throws InterruptedException {
        assumeTrue(Privilege.canMount(), "a namespace needs CAP_SYS_ADMIN");
        try (var namespace = NetworkNamespace.create()) {
            assertThatThrownBy(() ->
                            namespace.inside(
                                    () -> Descriptor.open(Path.of("/none"), OpenFlag.READ)))
                    .isInstanceOf(LinuxException.class);
            assertThatThrownBy(() ->
                            namespace.inside(() -> {
                                throw new IOException("checked");
                            }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("checked");
        }
    }

    @Test
    void ourOwnNamespaceOpensByItsPath() {
        try (var namespace = NetworkNamespace.open(Path.of("/proc/self/ns/net"))) {
            assertThat(namespace.descriptor().isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/ns/mnt", "/proc/self/stat", "/dev/null", "/tmp"})
    void whatIsNotANetworkNamespaceIsRefused(String path) {
        assertThatThrownBy(() -> NetworkNamespace.open(Path.of(path)))
                .asInstanceOf(type(LinuxException.class))
                .returns(path, LinuxException::subject)
                .returns(Errno.EINVAL, LinuxException::errno);
    }

    @Test
    void aMissingNamespaceIsNamed(@TempDir Path directory) {
        assertThatThrownBy(() -> NetworkNamespace.open(directory.resolve("gone")))
                .hasMessageContainingAll("gone", "ENOENT");
    }

    private static String current() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }
}
