// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs a pod with a container through CRI, by our handler and by runc's in turns, and prints how
 * long each step took. Arguments: containerd's socket, a directory for logs, the number of pods of
 * each handler, and perhaps a file to which the report is appended. Both images are there, as
 * {@link Handler} names them.
 */
public final class CriBenchmark {
    private static final int WARM_UPS = 50;

    private final CriClient cri;
    private final Path logs;
    private final List<Map<Step, Duration>> ours = new ArrayList<>();
    private final List<Map<Step, Duration>> peers = new ArrayList<>();

    private CriBenchmark(CriClient cri, Path logs) {
        this.cri = cri;
        this.logs = logs;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var machine = Machine.now();
        var endpoint = new CriEndpoint(Path.of(arguments[0]));
        try (var cri = new CriClient(endpoint, Duration.ofSeconds(60))) {
            var benchmark = new CriBenchmark(cri, Path.of(arguments[1]));
            benchmark.run(Integer.parseInt(arguments[2]));
            var report = benchmark.report(machine);
            report.print(System.out);
            if (arguments.length > 3) {
                report.append(Path.of(arguments[3]));
            }
        }
    }

    private void run(int pods) throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UPS; i++) {
            live(Handler.OURS, "warm-up-" + i);
            live(Handler.PEER, "warm-up-" + i);
        }
        for (int i = 0; i < pods; i++) {
            ours.add(live(Handler.OURS, "pod-" + i));
            peers.add(live(Handler.PEER, "pod-" + i));
        }
    }

    private Map<Step, Duration> live(Handler handler, String name)
            throws IOException, InterruptedException {
        return new PodLife(cri, handler, handler.name() + "-" + name, logs).times();
    }

    private Report report(Machine machine) {
        var report =
                new Report("A pod and its container through CRI, beside runc")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                %s %s, one Java CRI client; host network; one line, then exit; n=%d \
                                pods of each handler in turns after %d warm-ups; milliseconds; p99 \
                                of fewer than 100 is the longest.\
                                """
                                        .formatted(
                                                cri.version().getRuntimeName(),
                                                cri.version().getRuntimeVersion(),
                                                ours.size(),
                                                WARM_UPS))
                        .table(
                                "step",
                                "wasm p50",
                                "wasm p99",
                                "runc p50",
                                "runc p99",
                                "p50 ratio",
                                "p99 ratio");
        for (var step : Step.values()) {
            report.row(row(step));
        }
        return report;
    }

    private List<String> row(Step step) {
        var our = percentiles(ours, step);
        var peer = percentiles(peers, step);
        return List.of(
                step.title(),
                Report.millis(our.p50()),
                Report.millis(our.p99()),
                Report.millis(peer.p50()),
                Report.millis(peer.p99()),
                Report.ratio(our.p50(), peer.p50()),
                Report.ratio(our.p99(), peer.p99()));
    }

    private static Percentiles percentiles(List<Map<Step, Duration>> lives, Step step) {
        return Percentiles.of(
                lives.stream().map(times -> Objects.requireNonNull(times.get(step))).toList());
    }
}
