// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.wasm.worker.WorkerMain;
import io.silica.wasm.worker.WorkerOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class WorkerCommandTest {
    @Test
    void aDistributionHasAProgramForWorkers() {
        var properties = new Properties();
        properties.setProperty("silica.worker", "/opt/silica/lib/wasm-worker");

        assertThat(WorkerCommand.of(properties).program())
                .isEqualTo(Path.of("/opt/silica/lib/wasm-worker"));
        assertThat(WorkerCommand.of(properties).arguments()).isEmpty();
    }

    @Test
    void withoutADistributionAWorkerRunsOnOurJavaAndLibraries() {
        var properties = new Properties();
        properties.setProperty("java.home", "/jdk");
        properties.setProperty("java.class.path", "/l/linux-0.1.0.jar:/l/grpc-core-1.0.jar:/c");

        var command = WorkerCommand.of(properties);
        assertThat(command.program()).isEqualTo(Path.of("/jdk/bin/java"));
        assertThat(command.arguments())
                .containsAll(WorkerCommand.JVM_FLAGS)
                .endsWith("-classpath", "/l/linux-0.1.0.jar:/c", WorkerMain.class.getName());
        assertThat(command.options()).isEqualTo(WorkerOptions.DEFAULTS);
    }

    @Test
    void ofTheLibrariesOfADistributionAWorkerIsGivenItsOwn() {
        var needed =
                "/lib/asm-9.10.1.jar:/lib/asm-commons-9.10.1.jar:/lib/compiler-1.0.0.jar"
                        + ":/lib/jspecify-1.0.1.jar:/lib/linux-0.1.0.jar:/lib/log-1.0.0.jar"
                        + ":/lib/proto-0.1.0.jar:/lib/protobuf-java-4.36.2.jar"
                        + ":/lib/runtime-1.0.0.jar:/lib/sandboxer-api-0.1.0.jar"
                        + ":/lib/ttrpc-0.1.0.jar:/lib/wasi-1.0.0.jar:/lib/wasm-1.0.0.jar"
                        + ":/lib/wasm-sandboxer-0.1.0.jar";
        var others =
                ":/lib/annotations-4.1.1.4.jar:/lib/grpc-protobuf-1.83.1.jar"
                        + ":/lib/guava-33.6.0-jre.jar:/lib/logback-core-1.5.25.jar"
                        + ":/lib/netty-transport-native-epoll-4.2.15.Final-linux-x86_64.jar"
                        + ":/lib/proto-google-common-protos-2.64.1.jar"
                        + ":/lib/sandboxctl-0.1.0.jar:/lib/sandboxer-server-0.1.0.jar";

        assertThat(WorkerCommand.needed(needed + others)).isEqualTo(needed);
    }

    @Test
    void ofTheEnvironmentAWorkerIsToldOnlyWhichJavaAndHow() {
        var ours = Map.of("SILICA_JAVA", "/jdk", "NOTIFY_SOCKET", "@n", "LC_ALL", "tr_TR");

        assertThat(WorkerCommand.environment(ours))
                .containsOnly(Map.entry("SILICA_JAVA", "/jdk"), Map.entry("LC_ALL", "C.UTF-8"));
    }
}
