// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/**
 * Pods of a kind come and go one after another, and what the daemon takes is written down now and
 * then. What it leaks for a pod grows with their number, and what it keeps in store does not: a
 * little of that is let pass.
 */
final class Soak {
    /** After these all that is loaded and kept in store once is there. */
    private static final int WARM_UP = 5;

    private static final int MOST_SAMPLES = 50;

    /** One takes half a second of a processor. */
    private static final int PODS_BETWEEN = 10;

    /** Threads of a JVM, and what they have open, come and go by themselves. */
    private static final int SLACK = 12;

    private static final int SLACK_KIB = 4096;

    private final Node node;
    private final Kind kind;
    private final List<Sample> samples = new ArrayList<>();

    /**
     * A moment of the run.
     *
     * @param pods that have come and gone by then
     */
    record Sample(int pods, Footprint footprint) {}

    Soak(Node node, Kind kind) {
        this.node = node;
        this.kind = kind;
    }

    /** Lets so many come and go; the last sample is taken when what ends by itself has ended. */
    void run(int pods) {
        for (int i = 0; i < WARM_UP; i++) {
            cycle();
        }
        var _ = kind.sandboxer(node).awaitStandby();
        Leftovers.assertNone(node);
        sample(0);
        int between = Math.max(PODS_BETWEEN, pods / MOST_SAMPLES);
        for (int done = 1; done <= pods; done++) {
            cycle();
            if (done % between == 0 && done < pods) {
                sample(done);
            }
        }
        try {
            awaitBegin();
        } finally {
            sample(pods);
        }
    }

    /** What was seen until now, also of a run that failed. */
    List<Sample> samples() {
        return List.copyOf(samples);
    }

    private void cycle() {
        try (var pod = kind.run(node)) {
            assertThat(kind.guests().exit(pod, 7).awaitExitCode()).isEqualTo(7);
        }
        // Those below it may be on their way.
        Until.passes(() -> node.cgroups().removeEmptyPods());
    }

    private void sample(int pods) {
        Until.passes(() -> samples.add(new Sample(pods, Footprint.of(node, kind.sandboxer(node)))));
    }

    /** Waits until nothing is taken any more that was not in the beginning. */
    private void awaitBegin() {
        var begin = samples.getFirst().footprint();
        Until.passes(() -> {
            var now = Footprint.of(node, kind.sandboxer(node));
            assertThat(now.processes()).as("processes").isLessThanOrEqualTo(begin.processes());
            assertThat(now.mounts()).as("mounts").isLessThanOrEqualTo(begin.mounts());
            assertThat(now.cgroups()).as("cgroups").isLessThanOrEqualTo(begin.cgroups());
            assertThat(now.descriptors() - begin.descriptors())
                    .as("more descriptors")
                    .isLessThanOrEqualTo(SLACK);
            assertThat(now.threads() - begin.threads())
                    .as("more threads")
                    .isLessThanOrEqualTo(SLACK);
            assertThat(now.heapKib() - begin.heapKib())
                    .as("more KiB of heap")
                    .isLessThanOrEqualTo(SLACK_KIB);
        });
    }
}
