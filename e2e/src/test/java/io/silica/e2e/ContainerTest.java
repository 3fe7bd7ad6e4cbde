// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

final class ContainerTest {
    @OnEveryContainerd
    void theGuestGetsItsArgumentsAsTheyAre(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("args", "two words", "", "ünïcode");

            assertThat(container.awaitExitCode()).isZero();
            assertThat(container.stdout().lines().skip(1))
                    .containsExactly("two words", "", "ünïcode");
        }
    }

    @OnEveryContainerd
    void aTrapIs134WithItsBacktraceInTheLog(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("trap");

            assertThat(container.awaitExitCode()).isEqualTo(134);
            assertThat(container.stdout()).isEqualTo("about to trap\n");
            assertThat(container.stderr())
                    .contains("unreachable")
                    .contains("inner")
                    .contains("outer");
        }
    }

    @OnEveryContainerd
    void sigtermIs143(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("sleep", "600000").awaitLine("sleeping");

            container.stop(Duration.ofSeconds(20));

            assertThat(container.awaitExitCode()).isEqualTo(143);
            assertThat(container.stdout()).isEqualTo("sleeping\n");
        }
    }

    @OnEveryContainerd
    void aSleepingGuestGoesOn(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("sleep", "200");

            assertThat(container.awaitExitCode()).isZero();
            assertThat(container.stdout()).isEqualTo("sleeping\nawake\n");
        }
    }

    @OnEveryContainerd
    void aContainerThatWasNeverStartedCanBeRemoved(Node node) {
        try (var pod = Pod.run(node)) {
            pod.create("hello", config -> config).remove();

            assertThat(node.cri().containers()).isEmpty();
        }
    }

    @OnEveryContainerd
    void aDeadlineEndsAContainerAndSaysWhy(Node node) {
        try (var pod =
                Pod.run(
                        node,
                        config ->
                                Pod.onHostNetwork(config)
                                        .putAnnotations("io.silica.wasm.deadline", "1h")
                                        .putAnnotations(
                                                "io.silica.wasm.deadline/spin-0", "50ms"))) {
            var spins = pod.start("spin");
            var goesOn = pod.start("spin");
            var wanted =
                    pod.start(
                            "spin",
                            config -> config.putAnnotations("io.silica.wasm.deadline", "60ms"));

            assertThat(spins.awaitExitCode()).isEqualTo(124);
            assertThat(spins.status().getReason()).isEqualTo("Error");
            assertThat(spins.stderr())
                    .isEqualTo("wasm deadline: it has run for 50 ms, which is all that it may\n");
            assertThat(wanted.awaitExitCode()).isEqualTo(124);
            assertThat(goesOn.isRunning()).isTrue();
        }
    }

    @OnEveryContainerd
    void aFunctionAnswersOverHttpInTheNetworkOfItsPod(Node node) throws Exception {
        try (var pod =
                        Pod.run(
                                node,
                                config ->
                                        Pod.withAddress(config)
                                                .putAnnotations("io.silica.wasm.listen", "8080"));
                var client = HttpClient.newHttpClient()) {
            var serves = pod.start("serve").awaitLine("serving");
            var url = URI.create("http://%s:8080/".formatted(pod.status().getNetwork().getIp()));
            var request = HttpRequest.newBuilder(url).version(HttpClient.Version.HTTP_1_1).build();

            assertThat(client.send(request, BodyHandlers.ofString()).body())
                    .isEqualTo("hello from Wasm\n");
            node.sandboxer().kill();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

            serves.kill();
            assertThat(serves.awaitExitCode()).isEqualTo(137);
        }
    }
}
