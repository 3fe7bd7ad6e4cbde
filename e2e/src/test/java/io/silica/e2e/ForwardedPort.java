// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A port of a pod, as {@code sandboxctl port-forward} makes it one of this machine. */
final class ForwardedPort implements AutoCloseable {
    private final Process forwarding;
    private final int port;

    private ForwardedPort(Process forwarding) throws IOException {
        this.forwarding = forwarding;
        this.port = Integer.parseInt(forwarding.inputReader().readLine().split("[: ]", -1)[2]);
    }

    static ForwardedPort of(Node node, Pod pod, int port) throws IOException {
        return new ForwardedPort(
                new ProcessBuilder(
                                Repository.programs().resolve("sandboxctl").toString(),
                                "port-forward",
                                "--runtime-endpoint",
                                node.cri().endpoint().toString(),
                                pod.id(),
                                "0:" + port)
                        .start());
    }

    /** What is answered to a GET. */
    String get() throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(port)))
                        .version(HttpClient.Version.HTTP_1_1)
                        .timeout(Duration.ofMinutes(1))
                        .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    /** All that is said to somebody who says nothing; nothing if nobody listens yet. */
    String answer() {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }

    @Override
    public void close() {
        try {
            forwarding.destroyForcibly().waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
