// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Our side of Quark behind a real containerd; Quark itself is stood in for. */
final class QuarkTest {
    private final Guests guests = new ShellGuests();

    @OnEveryContainerd
    void aPodOfTheHandlerRunsOnWhatStandsInForQuark(Node node) throws IOException {
        QuarkPods.begin(node);
        try (var pod = Pod.runAs(QuarkPods.HANDLER, node)) {
            var streams = guests.streams(pod);
            var ticks = guests.tick(pod, 20, 50, 7);
            var spins = guests.spin(pod).awaitLine("spinning");

            assertThat(streams.awaitExitCode()).isZero();
            assertThat(streams.stdout()).isEqualTo("this is stdout\n");
            assertThat(streams.stderr()).isEqualTo("this is stderr\n");
            assertThat(spins.run(Busybox.shell("exit 9")).getExitCode()).isEqualTo(9);

            node.appkernel().kill();

            assertThat(ticks.awaitExitCode()).isEqualTo(7);
            assertThat(ticks.stdout().lines()).hasSize(20).endsWith("20");
            pod.awaitFound();
            spins.kill();
            assertThat(spins.awaitExitCode()).isEqualTo(137);
        }
        assertThat(QuarkPods.complaints(node)).isEmpty();
    }
}
