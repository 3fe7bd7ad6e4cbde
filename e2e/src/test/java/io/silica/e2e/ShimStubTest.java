// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.task.DeleteResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that containerd resolves for our runtime type, called as containerd calls it. */
@Tag("host")
class ShimStubTest {
    private static final Path STUB =
            Path.of(
                    System.getProperty("silica.root", ".."),
                    "packaging/bin/containerd-shim-silica-wasm-v1");

    private @TempDir Path bundle;

    @Test
    void infoClaimsNoFeatures() throws Exception {
        var answer = call("-info");
        assertThat(answer.status()).isZero();
        assertThat(answer.output()).isEmpty();
    }

    @Test
    void deleteGivesTheAnswerThatTheDaemonLeftInTheBundle() throws Exception {
        var left =
                DeleteResponse.newBuilder()
                        .setPid(4711)
                        .setExitStatus(3)
                        .setExitedAt(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(7))
                        .build();
        Files.write(bundle.resolve("silica-exit.pb"), left.toByteArray());
        assertThat(delete()).isEqualTo(left);
    }

    @Test
    void deleteSaysKilledNowWhereTheDaemonLeftNoAnswer() throws Exception {
        assertKilledNow(delete());
    }

    @Test
    void deleteSaysKilledNowWhereTheAnswerWasNeverWritten() throws Exception {
        Files.createFile(bundle.resolve("silica-exit.pb"));
        assertKilledNow(delete());
    }

    @Test
    void anIdThatLooksLikeACommandIsNotOne() throws Exception {
        var answer = call("-namespace", "k8s.io", "-id", "delete", "start");
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.output()).isEmpty();
    }

    @Test
    void startIsRefusedInWordsThatNameTheSetting() throws Exception {
        var answer = call("-namespace", "k8s.io", "-id", "pod", "start");
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.errors()).contains("cannot start", "sandboxer = \"wasm\"");
    }

    private DeleteResponse delete() throws Exception {
        var answer =
                call(
                        "-namespace",
                        "k8s.io",
                        "-address",
                        "/s",
                        "-id",
                        "x",
                        "-bundle",
                        "b",
                        "delete");
        assertThat(answer.status()).isZero();
        return DeleteResponse.parseFrom(answer.output());
    }

    private static void assertKilledNow(DeleteResponse response) {
        assertThat(response.getExitStatus()).isEqualTo(137);
        assertThat(Instant.ofEpochSecond(response.getExitedAt().getSeconds()))
                .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    }

    private Answer call(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(STUB.toString()));
        command.addAll(List.of(arguments));
        var errors = bundle.resolve("errors");
        var stub =
                new ProcessBuilder(command)
                        .directory(bundle.toFile())
                        .redirectError(errors.toFile())
                        .start();
        byte[] output = stub.getInputStream().readAllBytes();
        return new Answer(stub.waitFor(), output, Files.readString(errors));
    }

    @SuppressWarnings("ArrayRecordComponent") // made and read in one place, never compared
    private record Answer(int status, byte[] output, String errors) {}
}
