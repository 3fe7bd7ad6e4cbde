// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.server.transport.TransportOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Prints what the journal costs a request: seen by a client in Go, of the same server with it and
 * without, in turns; and alone. Arguments: the directory of the program in Go, an empty directory
 * where a daemon would keep its journal, seconds per measurement, rounds, and perhaps a file to
 * which the reports are appended.
 */
public final class JournalBenchmark {
    private static final int REQUESTS = 500_000;
    private static final List<Integer> LEFT_OPEN = List.of(0, 1000);
    private static final List<Load> LOADS =
            List.of(new Load("1 caller", 1, 1), new Load("64 callers on 64 connections", 64, 64));

    private final Path directory;
    private final Machine machine;

    private JournalBenchmark(Path directory) throws IOException {
        this.directory = directory;
        this.machine = Machine.now();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var benchmark = new JournalBenchmark(Path.of(arguments[1]));
        var alone = benchmark.alone();
        var seen =
                benchmark.seenByAClient(
                        Path.of(arguments[0]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
        for (var report : List.of(seen, alone)) {
            report.print(System.out);
            if (arguments.length > 4) {
                report.append(Path.of(arguments[4]));
            }
        }
    }

    private Report alone() throws IOException {
        var report =
                new Report("The journal alone")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                A request of 200 bytes let in, appended, marked as consumed and \
                                as answered, on one thread, after as many to warm up, by a JVM \
                                with the flags of a daemon; turns to the other half are in it; \
                                microseconds.\
                                """)
                        .table("beside requests without an answer", "n", "p50", "p99", "max");
        var _ = JournalWork.timesOfNothing(REQUESTS);
        report.row(row("(two readings of the clock)", JournalWork.timesOfNothing(REQUESTS)));
        for (int open : LEFT_OPEN) {
            try (var journal = FreshJournal.in(directory.resolve("journal"))) {
                var work = new JournalWork(journal.journal());
                work.leaveOpen(open);
                var _ = work.times(REQUESTS);
                report.row(row("%,d".formatted(open), work.times(REQUESTS)));
            }
        }
        return report;
    }

    private static List<String> row(String situation, List<Duration> times) {
        var percentiles = Percentiles.of(times);
        return List.of(
                situation,
                Integer.toString(times.size()),
                Report.micros(percentiles.p50()),
                Report.micros(percentiles.p99()),
                Report.micros(percentiles.max()));
    }

    private Report seenByAClient(Path source, int seconds, int rounds)
            throws IOException, InterruptedException {
        var report =
                new Report("The journal, as a client in Go sees it")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                The same server with a journal and without, in turns, %d s and \
                                %d rounds each after one to warm up; 200 bytes echoed; the round \
                                in the middle by its throughput; in brackets beside the one \
                                without.\
                                """
                                        .formatted(seconds, rounds))
                        .table("load", "server", "n", "p50 us", "p99 us", "us of a call");
        var options = TransportOptions.standard();
        var program = GoProgram.build(source, directory.resolve("program"));
        try (var journal = FreshJournal.in(directory.resolve("journal"));
                var plain = EchoServer.start(directory.resolve("plain"), options);
                var keeping =
                        EchoServer.start(
                                directory.resolve("keeping"),
                                options.withJournal(journal.journal()))) {
            var targets =
                    List.of(
                            new Target("without", plain.socket(), EchoServer.NON_BLOCKING),
                            new Target(
                                    "with a journal", keeping.socket(), EchoServer.NON_BLOCKING));
            for (var load : LOADS) {
                add(report, load, targets, program.medians(targets, load, seconds, rounds));
            }
        }
        return report;
    }

    /** The first target is the one without. */
    private static void add(Report report, Load load, List<Target> targets, List<Result> results) {
        var without = results.getFirst();
        for (int i = 0; i < targets.size(); i++) {
            var result = results.get(i);
            report.row(
                    List.of(
                            load.name(),
                            targets.get(i).name(),
                            Long.toString(result.calls()),
                            beside(result.p50Micros(), without.p50Micros()),
                            beside(result.p99Micros(), without.p99Micros()),
                            beside(microsOfACall(result), microsOfACall(without))));
        }
    }

    /** By the throughput: what a call takes of the time, beside those that are under way. */
    private static double microsOfACall(Result result) {
        return 1e6 / result.callsPerSecond();
    }

    private static String beside(double value, double peer) {
        return String.format(Locale.ROOT, "%.1f (%.2fx)", value, value / peer);
    }
}
