// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Report;
import io.silica.server.transport.TransportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Echoes 200 bytes through our transport and through Go's server, in turns, and prints both with
 * their ratios. Arguments: the directory of the program in Go, seconds per measurement, rounds, and
 * perhaps a file to which the report is appended.
 */
public final class TtrpcBenchmark {
    private static final List<Load> LOADS =
            List.of(
                    new Load("1 caller", 1, 1),
                    new Load("64 callers on 1 connection", 1, 64),
                    new Load("64 callers on 64 connections", 64, 64));

    private final GoProgram program;
    private final int seconds;
    private final int rounds;
    private final Report report;

    private TtrpcBenchmark(GoProgram program, int seconds, int rounds) throws IOException {
        this.program = program;
        this.seconds = seconds;
        this.rounds = rounds;
        this.report = report(Machine.now(), seconds, rounds);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("ttrpc-benchmark");
        try {
            var benchmark =
                    new TtrpcBenchmark(
                            GoProgram.build(Path.of(arguments[0]), directory.resolve("program")),
                            Integer.parseInt(arguments[1]),
                            Integer.parseInt(arguments[2]));
            benchmark.run(directory);
            benchmark.report.print(System.out);
            if (arguments.length > 3) {
                benchmark.report.append(Path.of(arguments[3]));
            }
        } finally {
            for (var name : List.of("program", "java", "go", "kept")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }

    private void run(Path directory) throws IOException, InterruptedException {
        Path go = directory.resolve("go");
        var options = TransportOptions.standard();
        var peer = program.serve(go);
        try (var journal = FreshJournal.in(directory.resolve("journal"));
                var plain = EchoServer.start(directory.resolve("java"), options);
                var keeping =
                        EchoServer.start(
                                directory.resolve("kept"),
                                options.withJournal(journal.journal()))) {
            compare(plain.socket(), keeping.socket(), go);
        } finally {
            peer.getOutputStream().close();
            peer.waitFor();
        }
    }

    private void compare(Path java, Path kept, Path go) throws IOException, InterruptedException {
        var targets =
                List.of(
                        new Target("Go", go, EchoServer.NON_BLOCKING),
                        new Target("non-blocking", java, EchoServer.NON_BLOCKING),
                        new Target("non-blocking, journal", kept, EchoServer.NON_BLOCKING),
                        new Target("blocking", java, EchoServer.BLOCKING),
                        new Target("blocking, journal", kept, EchoServer.BLOCKING));
        for (var load : LOADS) {
            var results = program.medians(targets, load, seconds, rounds);
            for (int i = 0; i < targets.size(); i++) {
                report.row(row(load, targets.get(i), results.get(i), results.getFirst()));
            }
        }
    }

    private static Report report(Machine machine, int seconds, int rounds) {
        return new Report("ttrpc: 200 bytes echoed to a client in Go")
                .paragraph(machine.toString())
                .paragraph(
                        """
                        The servers in turns, %d s and %d rounds each after one to warm up; the \
                        round in the middle by its throughput; in brackets beside Go's.\
                        """
                                .formatted(seconds, rounds))
                .table("load", "server", "n", "p50 us", "p99 us", "calls/s");
    }

    private static List<String> row(Load load, Target target, Result result, Result peer) {
        return List.of(
                load.name(),
                target.name(),
                Long.toString(result.calls()),
                beside(result.p50Micros(), peer.p50Micros()),
                beside(result.p99Micros(), peer.p99Micros()),
                beside(result.callsPerSecond(), peer.callsPerSecond()));
    }

    private static String beside(double value, double peer) {
        return String.format(Locale.ROOT, "%.1f (%.2fx)", value, value / peer);
    }
}
