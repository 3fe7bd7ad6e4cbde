// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.benchmarks.DaemonTimes;
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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Runs many pods at once by our handler and by runc's, reads what both take, and times the life of
 * one pod more beside few pods of ours and beside many, with what our daemon says of its own part.
 * Arguments: containerd's socket, a directory for logs, the process of our supervisor, the daemon's
 * socket for metrics, the number of pods that are many (500, say), and perhaps a file to which the
 * reports are appended.
 */
public final class ManyBenchmark {
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 3;
    private static final int MORE = 200;
    private static final int LIVES = 100;

    private final CriClient cri;
    private final Path socket;
    private final Path logs;
    private final long supervisor;
    private final Path metrics;
    private final Report beside;
    private final Report latency;
    private final OwnPart part;

    private ManyBenchmark(CriClient cri, Machine machine, String[] arguments) {
        this.cri = cri;
        this.socket = Path.of(arguments[0]);
        this.logs = Path.of(arguments[1]);
        this.supervisor = Long.parseLong(arguments[2]);
        this.metrics = Path.of(arguments[3]);
        this.beside =
                new Report("Many pods, beside runc")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                %s %s; host network; a container in each that says a line and \
                                sleeps. At once: from the first RunPodSandbox to the last line, \
                                seconds, the median of %d. Memory: KiB of PSS; ours is supervisor, \
                                daemon, standby and worker with all containers, runc's is its \
                                shims without the containers.\
                                """
                                        .formatted(
                                                cri.version().getRuntimeName(),
                                                cri.version().getRuntimeVersion(),
                                                ROUNDS))
                        .table("what", "pods", "wasm", "runc", "ratio");
        this.latency =
                new Report("One pod more, beside many")
                        .paragraph(machine.toString())
                        .paragraph(
                                "A pod of ours through CRI, n=%d each; milliseconds."
                                        .formatted(LIVES));
        this.part = new OwnPart(machine, LIVES);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var endpoint = new CriEndpoint(Path.of(arguments[0]));
        try (var cri = new CriClient(endpoint, Duration.ofMinutes(2))) {
            var benchmark = new ManyBenchmark(cri, Machine.now(), arguments);
            benchmark.run(Integer.parseInt(arguments[4]));
            for (var report :
                    List.of(benchmark.beside, benchmark.latency, benchmark.part.report())) {
                report.print(System.out);
                if (arguments.length > 5) {
                    report.append(Path.of(arguments[5]));
                }
            }
        }
    }

    private void run(int many) throws IOException, InterruptedException {
        var ours = new ManyPods(cri, Handler.OURS, logs);
        var peers = new ManyPods(cri, Handler.PEER, logs);
        atOnce(ours, peers);
        for (int count : List.of(AT_ONCE, MORE)) {
            ours.grow(count);
            peers.grow(count);
            addMemory(count);
        }
        peers.end();
        ours.end();
        ours.grow(1);
        var atFirst = DaemonTimes.now(metrics);
        var few = lives("few");
        var afterFew = DaemonTimes.now(metrics);
        ours.grow(many);
        var beforeMany = DaemonTimes.now(metrics);
        var beside = lives("many");
        var afterMany = DaemonTimes.now(metrics);
        ours.end();
        addLatency(few, beside, many);
        part.add(
                many, new OwnPart.Span(atFirst, afterFew), new OwnPart.Span(beforeMany, afterMany));
    }

    private void atOnce(ManyPods ours, ManyPods peers) throws IOException, InterruptedException {
        var our = new ArrayList<Duration>();
        var peer = new ArrayList<Duration>();
        for (int i = 0; i <= ROUNDS; i++) {
            our.add(ours.begin(AT_ONCE));
            ours.end();
            peer.add(peers.begin(AT_ONCE));
            peers.end();
        }
        // The first round warms up.
        var ourMedian = Percentiles.of(our.subList(1, our.size())).p50();
        var peerMedian = Percentiles.of(peer.subList(1, peer.size())).p50();
        beside.row(
                List.of(
                        "at once, s",
                        Integer.toString(AT_ONCE),
                        seconds(ourMedian),
                        seconds(peerMedian),
                        Report.ratio(ourMedian, peerMedian)));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f", time.toMillis() / 1e3);
    }

    private void addMemory(int pods) throws IOException {
        var our = RuntimeMemory.ofTree(supervisor);
        var peer = RuntimeMemory.ofShims(socket);
        beside.row(
                List.of(
                        "memory, KiB (%d and %d processes)"
                                .formatted(our.processes(), peer.processes()),
                        Integer.toString(pods),
                        Long.toString(our.proportional()),
                        Long.toString(peer.proportional()),
                        String.format(
                                Locale.ROOT,
                                "%.2fx",
                                (double) our.proportional() / peer.proportional())));
    }

    private List<Map<Step, Duration>> lives(String name) throws IOException, InterruptedException {
        var lives = new ArrayList<Map<Step, Duration>>();
        for (int i = 0; i < LIVES; i++) {
            lives.add(
                    new PodLife(cri, Handler.OURS, "beside-%s-%d".formatted(name, i), logs)
                            .times());
        }
        return lives;
    }

    private void addLatency(
            List<Map<Step, Duration>> few, List<Map<Step, Duration>> beside, int many) {
        latency.table("step", "p50 beside 1", "p99", "p50 beside " + many, "p99", "p50 ratio");
        for (var step : Step.values()) {
            var before = percentiles(few, step);
            var after = percentiles(beside, step);
            latency.row(
                    List.of(
                            step.title(),
                            Report.millis(before.p50()),
                            Report.millis(before.p99()),
                            Report.millis(after.p50()),
                            Report.millis(after.p99()),
                            Report.ratio(after.p50(), before.p50())));
        }
    }

    private static Percentiles percentiles(List<Map<Step, Duration>> lives, Step step) {
        return Percentiles.of(
                lives.stream().map(times -> Objects.requireNonNull(times.get(step))).toList());
    }
}
