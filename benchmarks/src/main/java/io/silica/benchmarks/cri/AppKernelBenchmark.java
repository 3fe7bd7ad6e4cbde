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
import java.util.Objects;

/**
 * Pods on gVisor through CRI beside the bare commands of runsc, in turns, and what the daemon takes
 * for many of them. Arguments: containerd's socket, a directory to work in, the number of pods,
 * runsc, a root file system as {@link BareRunsc} wants it, the directory of the daemon, and perhaps
 * a file to which the report is appended.
 */
public final class AppKernelBenchmark {
    private static final Handler HANDLER = new Handler("appkernel", PeerImages.HELLO, List.of());
    private static final String HELLO = "/hello";
    private static final int WARM_UPS = 10;
    private static final int EXECS_PER_POD = 5;
    private static final int MANY = 20;

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
        try (var cri =
                new CriClient(new CriEndpoint(Path.of(arguments[0])), Duration.ofSeconds(60))) {
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
                                milliseconds; p99 of fewer than 100 is the longest.\
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
        return memory(report);
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
    private Report memory(Report report) throws IOException, InterruptedException {
        report.paragraph("Memory of the daemon alone, in KiB.")
                .table("pods with a container each", "its own", "proportional");
        var pods = new ArrayList<PodLife>();
        try {
            report.row(memory(0));
            while (pods.size() < MANY) {
                pods.add(sleeping("many-" + pods.size()));
            }
            return report.row(memory(MANY));
        } finally {
            pods.forEach(PodLife::end);
        }
    }

    private List<String> memory(int pods) throws IOException {
        var use = MemoryUse.of(Long.parseLong(Files.readString(daemon.resolve("lock")).strip()));
        return List.of(
                Integer.toString(pods),
                Long.toString(use.own()),
                Long.toString(use.proportional()));
    }
}
