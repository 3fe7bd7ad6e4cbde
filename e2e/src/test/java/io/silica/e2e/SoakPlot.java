// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * A soak as a picture: a panel for each thing that could grow, from the first pod to the last.
 *
 * @param title what was run, and where
 */
record SoakPlot(String title, List<Soak.Sample> samples) {
    private static final int WIDTH = 240;
    private static final int HEIGHT = 90;
    private static final int GAP = 30;
    private static final int COLUMNS = 3;

    /** What is level is seen to be, below the edge. */
    private static final double HEADROOM = 1.25;

    private record Panel(String name, ToLongFunction<Footprint> value) {
        long of(Soak.Sample sample) {
            return value.applyAsLong(sample.footprint());
        }
    }

    private static final List<Panel> PANELS =
            List.of(
                    new Panel("descriptors", Footprint::descriptors),
                    new Panel("threads", Footprint::threads),
                    new Panel("KiB of heap", Footprint::heapKib),
                    new Panel("processes", Footprint::processes),
                    new Panel("mounts", Footprint::mounts),
                    new Panel("cgroups", Footprint::cgroups));

    String svg() {
        int rows = (PANELS.size() + COLUMNS - 1) / COLUMNS;
        var text =
                new StringBuilder(
                        """
                        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">
                        <rect width="100%%" height="100%%" fill="white"/>
                        <text x="%d" y="20" font-size="13">%s</text>
                        """
                                .formatted(
                                        COLUMNS * (WIDTH + GAP) + GAP,
                                        rows * (HEIGHT + 2 * GAP) + GAP,
                                        GAP,
                                        title));
        for (int i = 0; i < PANELS.size(); i++) {
            text.append(panel(PANELS.get(i), i % COLUMNS, i / COLUMNS));
        }
        return text.append("</svg>\n").toString();
    }

    private String panel(Panel panel, int column, int row) {
        return """
        <g transform="translate(%d,%d)">
        <text y="-6">%s: %d at first, %d at last</text>
        <rect width="%d" height="%d" fill="none" stroke="#bbb"/>
        <polyline fill="none" stroke="#1f5fa8" points="%s"/>
        <text y="%d" fill="#777">0</text><text x="%d" y="%d" fill="#777" text-anchor="end">%d pods</text>
        </g>
        """
                .formatted(
                        GAP + column * (WIDTH + GAP),
                        2 * GAP + row * (HEIGHT + 2 * GAP),
                        panel.name,
                        panel.of(samples.getFirst()),
                        panel.of(samples.getLast()),
                        WIDTH,
                        HEIGHT,
                        points(panel),
                        HEIGHT + GAP / 2,
                        WIDTH,
                        HEIGHT + GAP / 2,
                        samples.getLast().pods());
    }

    private String points(Panel panel) {
        double most = HEADROOM * samples.stream().mapToLong(panel::of).max().orElseThrow();
        int pods = samples.getLast().pods();
        return samples.stream()
                .map(it -> {
                    double x = WIDTH * (double) it.pods() / pods;
                    double y = HEIGHT * (1 - panel.of(it) / Math.max(1, most));
                    return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
                })
                .collect(joining(" "));
    }
}
