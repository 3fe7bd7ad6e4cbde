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
    void ofTheEnvironmentAWorkerIsToldOnlyWhichJavaAndHow() {
        var ours = Map.of("SILICA_JAVA", "/jdk", "NOTIFY_SOCKET", "@n", "LC_ALL", "tr_TR");

        assertThat(WorkerCommand.environment(ours))
                .containsOnly(Map.entry("SILICA_JAVA", "/jdk"), Map.entry("LC_ALL", "C.UTF-8"));
    }
}
