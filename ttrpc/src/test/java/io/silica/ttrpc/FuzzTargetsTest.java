// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fuzz targets without a fuzzer: the inputs that are kept in src/test/fuzz, among them those
 * that once found something, and random ones. {@code make fuzz} looks for more.
 */
@Timeout(120)
final class FuzzTargetsTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final int RANDOM_INPUTS = 500;
    private static final Path KEPT = Path.of("src/test/fuzz");
    private static final Map<String, Consumer<byte[]>> TARGETS =
            Map.of(
                    "FrameDecoderFuzz", FrameDecoderFuzz::fuzzerTestOneInput,
                    "ServerStreamFuzz", ServerStreamFuzz::fuzzerTestOneInput,
                    "ClientStreamFuzz", ClientStreamFuzz::fuzzerTestOneInput);

    static Stream<Path> kept() throws IOException {
        try (var files = Files.walk(KEPT)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    static Stream<String> targets() {
        return TARGETS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("kept")
    void whatWasKeptHolds(Path input) throws IOException {
        target(KEPT.relativize(input).getName(0).toString()).accept(Files.readAllBytes(input));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void eachTargetHasInputs(String target) {
        try (var inputs = Files.list(KEPT.resolve(target))) {
            assertThat(inputs).isNotEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whateverComesHolds(String target) {
        System.out.println("-Dsilica.seed=" + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < RANDOM_INPUTS; i++) {
            var input = new byte[random.nextInt(1 + random.nextInt(200))];
            random.nextBytes(input);
            target(target).accept(input);
        }
    }

    private static Consumer<byte[]> target(String name) {
        return Objects.requireNonNull(TARGETS.get(name), name);
    }
}
