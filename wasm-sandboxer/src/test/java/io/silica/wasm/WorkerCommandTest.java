// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.wasm.worker.WorkerMain;
import io.silica.wasm.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkerCommandTest {
    @TempDir Path home;

    @Test
    void aWorkerOfADistributionHasItsArchiveAndClassPathAndSeesItsLibraries() throws IOException {
        var libraries = Files.createDirectory(home.resolve("lib"));
        Files.writeString(libraries.resolve("digest"), "4711\n");
        var archive = Files.createFile(libraries.resolve("wasm-worker-4711.jsa"));
        var properties = properties(libraries + "/a.jar:" + libraries + "/grpc-core-1.0.jar");
        properties.setProperty("silica.home", home.toString());

        var command = WorkerCommand.of(properties);
        assertThat(command.program()).isEqualTo(Path.of("/jdk/bin/java"));
        assertThat(command.arguments())
                .contains("-XX:SharedArchiveFile=" + archive)
                .endsWith(
                        "-classpath",
                        libraries + "/a.jar:" + libraries + "/grpc-core-1.0.jar",
                        WorkerMain.class.getName());
        assertThat(command.confinement().readable())
                .contains(Path.of("/jdk"), libraries)
                .doesNotContain(home);
    }

    @Test
    void aDistributionWithoutAnArchiveForItsJarsDoesWithoutOne() throws IOException {
        var libraries = Files.createDirectory(home.resolve("lib"));
        Files.writeString(libraries.resolve("digest"), "4712\n");
        Files.createFile(libraries.resolve("wasm-worker-4711.jsa"));
        var properties = properties(libraries + "/a.jar");
        properties.setProperty("silica.home", home.toString());

        assertThat(WorkerCommand.of(properties).arguments())
                .noneMatch(argument -> argument.contains("Archive"));
    }

    @Test
    void withoutADistributionAWorkerRunsOnOurJavaAndLibraries() throws IOException {
        var jar = Files.createFile(home.resolve("linux-0.1.0.jar"));
        var command = WorkerCommand.of(properties(jar + ":/l/grpc-core-1.0.jar:/c"));
        assertThat(command.program()).isEqualTo(Path.of("/jdk/bin/java"));
        assertThat(command.arguments())
                .containsAll(WorkerCommand.JVM_FLAGS)
                .endsWith("-classpath", jar + ":/c", WorkerMain.class.getName());
        assertThat(command.options()).isEqualTo(WorkerOptions.DEFAULTS);
        assertThat(command.confinement().readable())
                .contains(Path.of("/jdk"), jar)
                .doesNotContain(Path.of("/c"), home);
        assertThat(command.confinement().writable()).isEmpty();
    }

    @Test
    void whatAJvmIsAskedToWriteHasAPlaceOnlyIfOneIsNamed() {
        var properties = properties("/c");
        properties.setProperty("silica.worker-writes", "/var/tmp/classes");

        assertThat(WorkerCommand.of(properties).confinement().writable())
                .contains(Path.of("/var/tmp/classes"));
    }

    private static Properties properties(String classPath) {
        var properties = new Properties();
        properties.setProperty("java.home", "/jdk");
        properties.setProperty("java.class.path", classPath);
        return properties;
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
    void ofTheEnvironmentAWorkerIsToldOnlyWhatAJvmIs() {
        var ours = Map.of("JDK_JAVA_OPTIONS", "-ea", "NOTIFY_SOCKET", "@n", "LC_ALL", "tr_TR");

        assertThat(WorkerCommand.environment(ours))
                .containsOnly(Map.entry("JDK_JAVA_OPTIONS", "-ea"), Map.entry("LC_ALL", "C.UTF-8"));
    }
}
