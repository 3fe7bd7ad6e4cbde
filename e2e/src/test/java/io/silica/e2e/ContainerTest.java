// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.Signal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

final class ContainerTest {
    @OnEveryContainerd
    void theGuestGetsItsArgumentsAsTheyAreAndItsWorkingDirectoryByName(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("args", "two words", "", "ünïcode");

            assertThat(container.awaitExitCode()).isZero();
            assertThat(container.stdout().lines().skip(1))
                    .containsExactly("two words", "", "ünïcode");
            var elsewhere = pod.start("printenv", config -> config.setWorkingDir("/elsewhere"));
            assertThat(elsewhere.awaitExitCode()).isZero();
            assertThat(elsewhere.stdout().lines()).contains("PWD=/elsewhere");
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
    void theStopSignalOfAContainerEndsIt(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("sleep", "600000").awaitLine("sleeping");

            container.stop(Duration.ofSeconds(20));

            assertThat(container.awaitExitCode()).isEqualTo(143);
            assertThat(container.stdout()).isEqualTo("sleeping\n");
            var other =
                    pod.start(
                            "sleep",
                            config -> config.addArgs("600000").setStopSignal(Signal.SIGNAL_SIGINT));
            other.stop(Duration.ofSeconds(20));
            assertThat(other.awaitExitCode())
                    .isEqualTo(node.build().takesStopSignals() ? 130 : 143);
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
            var address = pod.status().getNetwork().getIp();
            var request = get(URI.create("http://%s:8080/".formatted(address)));

            assertThat(client.send(request, BodyHandlers.ofString()).body())
                    .isEqualTo("hello from Wasm\n");
            try (var port = ForwardedPort.of(node, pod, 8080)) {
                assertThat(port.get()).isEqualTo("hello from Wasm\n");
            }
            node.sandboxer().kill();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

            serves.kill();
            assertThat(serves.awaitExitCode()).isEqualTo(137);
        }
    }

    private static HttpRequest get(URI url) {
        return HttpRequest.newBuilder(url).version(HttpClient.Version.HTTP_1_1).build();
    }

    /** Whatever the engine is that the daemon is configured with. */
    @OnEveryContainerd
    void theHandlerOfTheEmbeddedEngineIsThereToo(Node node) {
        try (var pod = Pod.runAs("endive", node)) {
            assertThat(pod.start("exit-code", "5").awaitExitCode()).isEqualTo(5);
        }
    }
}
