// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;

/** {@code sandboxctl upgrade} under pods that run, by the commands of docs/operations.md. */
final class ReplacedProgramTest {
    private static final String NEXT = "9.9.9";

    @OnEveryContainerd
    void aDistributionOfAnotherVersionAndFormatTakesPodsOverAndGivesThemBack(Node node)
            throws IOException {
        var releases = Releases.install(node);
        var first = releases.first().toString();
        var next = releases.other(NEXT, 2).toString();
        // containerd dials the daemon that was started anew when it finds the time.
        try (var older = new Patience().get(() -> Pod.run(node))) {
            var early = counting(older);

            var tooFar = releases.refusedUpgrade("--to", releases.other("10.0.0", 3).toString());
            assertThat(tooFar.exitCode()).isNotZero();
            assertThat(tooFar.stderr()).contains("format");
            assertGoesOn(older, early);

            assertThat(releases.upgrade("--to", next))
                    .contains("wasm-sandboxer " + NEXT + " runs, with the pods there were");
            assertThat(format(node)).contains("\"format\":1", "\"newest\":2", NEXT);
            assertGoesOn(older, early);

            try (var newer = Pod.run(node)) {
                var late = counting(newer);

                assertThat(releases.upgrade("--to", first)).contains("runs, with the pods");
                assertThat(format(node)).contains("\"format\":1", "\"newest\":1");
                assertGoesOn(older, early);
                assertGoesOn(newer, late);

                assertThat(releases.upgrade("--to", next)).contains(NEXT);
                assertThat(releases.upgrade("--commit")).contains("writes state format 2");
                assertGoesOn(newer, late);
                assertHasMissedNothing(early);
                assertHasMissedNothing(late);
            }
        }
    }

    /** It ends when it is killed. */
    private static PodContainer counting(Pod pod) {
        return pod.start("tick", "1000000", "50", "0").awaitLine("3");
    }

    /** More is told of it than was until now, and its pod takes another one. */
    private static void assertGoesOn(Pod pod, PodContainer container) {
        long lines = container.stdout().lines().count();
        container.awaitLine(Long.toString(lines + 3));
        pod.awaitFound();
        assertThat(pod.start("tick", "1", "1", "7").awaitExitCode()).isEqualTo(7);
    }

    private static void assertHasMissedNothing(PodContainer container) {
        container.kill();
        assertThat(container.awaitExitCode()).isEqualTo(137);
        List<String> lines = container.stdout().lines().toList();
        assertThat(lines)
                .isEqualTo(
                        IntStream.rangeClosed(1, lines.size())
                                .mapToObj(Integer::toString)
                                .toList());
    }

    private static String format(Node node) throws IOException {
        return Files.readString(node.stateDirectory().resolve("format"));
    }
}
