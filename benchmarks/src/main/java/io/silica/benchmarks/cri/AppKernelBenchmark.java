// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.MemoryUse;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.CriEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Pods on gVisor through CRI beside the bare commands of runsc, one after the other in turns and
 * many at once, and what the daemon takes for many of them. Arguments: containerd's socket, a
 * directory to work in, the number of pods, runsc, a root file system as {@link BareRunsc} wants
 * it, the directory of the daemon, and perhaps a file to which the report is appended.
 */
public final class AppKernelBenchmark {
    private static final Handler HANDLER = new Handler("appkernel", PeerImages.HELLO, List.of());
    private static final String HELLO = "/hello";

    /** A sentry takes a part of a processor while it idles, which is felt when there are 50. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final int WARM_UPS = 10;
    private static final int EXECS_PER_POD = 5;
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 3;
    private static final List<Integer> MANY = List.of(20, 50);

    /**
     * What containerd-shim-runsc-v1 took for 50 pods at once, and two processes of it for each pod,
     * on a machine of two processors like that of the other figures. It is in no package that we
     * know of, so that it is not measured here.
     */
    private static final Duration SHIMS_AT_ONCE = Duration.ofMillis(15_600);

    private static final long SHIM_KIB_PER_POD = 7_715;

    private final CriClient cri;
    private final Path directory;
    private final BareRunsc runsc;
    private final Path daemon;

    private AppKernelBenchmark(CriClient cri, Path directory, BareRunsc runsc, Path daemon) {
        this.cri = cri;
        this.directory = directory;
        this.runsc = runsc;
        this.daemon = daemon;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var machine = Machine.now();
        var directory = Path.of(arguments[1]);
        var runsc =
                new BareRunsc(
                        Path.of(arguments[3]),
                        Files.createDirectories(directory.resolve("bare")),
                        Path.of(arguments[4]));
        try (var cri = new CriClient(new CriEndpoint(Path.of(arguments[0])), PATIENCE)) {
            var benchmark =
                    new AppKernelBenchmark(
                            cri, directory.resolve("logs"), runsc, Path.of(arguments[5]));
            var report = benchmark.report(machine, Integer.parseInt(arguments[2]));
            report.print(System.out);
            if (arguments.length > 6) {
                report.append(Path.of(arguments[6]));
            }
        }
    }

    private Report report(Machine machine, int pods) throws IOException, InterruptedException {
        var report =
                new Report("Pods on gVisor through CRI, beside the bare commands of runsc")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                %s %s, one Java CRI client; host network; n=%d pods and %d \
                                processes that are added, of each in turns, after %d warm-ups; \
                                milliseconds; p99 of fewer than 100 is the longest. A \
                                shim for each pod took 459 ms to the first line elsewhere.\
                                """
                                        .formatted(
                                                cri.version().getRuntimeName(),
                                                cri.version().getRuntimeVersion(),
                                                pods,
                                                pods * EXECS_PER_POD,
                                                WARM_UPS))
                        .table("", "ours p50", "ours p99", "runsc p50", "runsc p99", "p50 ratio");
        report.row(firstLines(pods));
        report.row(execs(pods * EXECS_PER_POD));
        atOnce(report, Math.min(AT_ONCE, pods));
        return memory(report, pods);
    }

    private void atOnce(Report report, int count) throws IOException, InterruptedException {
        var ours = new ArrayList<Duration>();
        var bare = new ArrayList<Duration>();
        for (int i = 0; i <= ROUNDS; i++) {
            var many = new ManyPods(cri, HANDLER, directory);
            ours.add(many.begin(count));
            many.end();
            bare.add(runsc.atOnce(count));
        }
        // The first round warms up.
        var our = Percentiles.of(ours.subList(1, ours.size())).p50();
        var floor = Percentiles.of(bare.subList(1, bare.size())).p50();
        report.paragraph(
                        """
                        At once: to the last line, milliseconds, the median of %d. A shim for each \
                        pod took %s for %d elsewhere.\
                        """
                                .formatted(ROUNDS, Report.millis(SHIMS_AT_ONCE), AT_ONCE))
                .table("pods", "ours", "runsc", "ratio", "of the shims")
                .row(
                        List.of(
                                Integer.toString(count),
                                Report.millis(our),
                                Report.millis(floor),
                                Report.ratio(our, floor),
                                count == AT_ONCE ? Report.ratio(our, SHIMS_AT_ONCE) : "-"));
    }

    private List<String> firstLines(int pods) throws IOException, InterruptedException {
        var ours = new ArrayList<Duration>();
        var bare = new ArrayList<Duration>();
        for (int i = -WARM_UPS; i < pods; i++) {
            var times = new PodLife(cri, HANDLER, "appkernel-" + i, directory).times();
            var floor = runsc.firstLine();
            if (i >= 0) {
                ours.add(Objects.requireNonNull(times.get(Step.TOTAL)));
                bare.add(floor);
            }
        }
        return row("pod and container to first line", ours, bare);
    }

    private List<String> execs(int count) throws IOException, InterruptedException {
        var ours = new ArrayList<Duration>();
        var bare = new ArrayList<Duration>();
        var pod = sleeping("exec");
        try (var peer = runsc.new Pod()) {
            peer.sleep();
            for (int i = -WARM_UPS; i < count; i++) {
                long begun = System.nanoTime();
                pod.exec(HELLO);
                long between = System.nanoTime();
                peer.exec(HELLO);
                if (i >= 0) {
                    ours.add(Duration.ofNanos(between - begun));
                    bare.add(Duration.ofNanos(System.nanoTime() - between));
                }
            }
        } finally {
            pod.end();
        }
        return row("a process that is added, to its end", ours, bare);
    }

    private PodLife sleeping(String name) throws IOException, InterruptedException {
        var pod = new PodLife(cri, HANDLER.sleeping(), "appkernel-" + name, directory);
        pod.begin();
        return pod;
    }

    private static List<String> row(String what, List<Duration> ours, List<Duration> bare) {
        var our = Percentiles.of(ours);
        var floor = Percentiles.of(bare);
        return List.of(
                what,
                Report.millis(our.p50()),
                Report.millis(our.p99()),
                Report.millis(floor.p50()),
                Report.millis(floor.p99()),
                Report.ratio(our.p50(), floor.p50()));
    }

    /** Sentries and gofers are what any way of running such pods has. */
    private Report memory(Report report, int most) throws IOException, InterruptedException {
        report.paragraph(
                        "Memory of the daemon alone, in KiB, beside %d for each pod that shims took elsewhere."
                                .formatted(SHIM_KIB_PER_POD))
                .table("pods with a container each", "its own", "proportional", "of the shims");
        report.row(memory(0));
        var pods = new ManyPods(cri, HANDLER, directory);
        try {
            for (int count : MANY.stream().filter(it -> it <= most).toList()) {
                pods.grow(count);
                report.row(memory(count));
            }
            return report;
        } finally {
            pods.end();
        }
    }

    private List<String> memory(int pods) throws IOException {
        var use = MemoryUse.of(Long.parseLong(Files.readString(daemon.resolve("lock")).strip()));
        return List.of(
                Integer.toString(pods),
                Long.toString(use.own()),
                Long.toString(use.proportional()),
                pods == 0
                        ? "-"
                        : String.format(
                                Locale.ROOT,
                                "%.2fx",
                                (double) use.proportional() / (pods * SHIM_KIB_PER_POD)));
    }
}
