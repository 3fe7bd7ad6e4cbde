// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A short run of Wasm pods with all tests, long ones of three kinds by {@code make soak}. */
final class SoakTest {
    private static final int SHORT = 25;

    @OnEveryContainerd
    void nothingIsLeftOfManyPods(Node node) throws IOException {
        run(node, Kind.WASM, Integer.getInteger("silica.soak.wasm", SHORT));
        for (var kind : List.of(Kind.APPKERNEL, Kind.VMM)) {
            run(node, kind, Integer.getInteger("silica.soak." + kind.handler(), 0));
        }
    }

    private static void run(Node node, Kind kind, int pods) throws IOException {
        if (pods == 0) {
            return;
        }
        var soak = new Soak(node, kind);
        try {
            soak.run(pods);
        } finally {
            draw(node, kind, pods, soak.samples());
        }
    }

    private static void draw(Node node, Kind kind, int pods, List<Soak.Sample> samples)
            throws IOException {
        if (samples.isEmpty()) {
            return;
        }
        var title =
                "%d pods of the kind %s, one after another, on containerd %s"
                        .formatted(pods, kind.handler(), node.build().version());
        System.out.printf(
                "==== soak: %s%n  at first %s%n  at last  %s%n",
                title, samples.getFirst().footprint(), samples.getLast().footprint());
        Files.writeString(
                Files.createDirectories(Path.of("target/soak"))
                        .resolve("soak-" + kind.handler() + ".svg"),
                new SoakPlot(title, samples).svg());
    }
}
