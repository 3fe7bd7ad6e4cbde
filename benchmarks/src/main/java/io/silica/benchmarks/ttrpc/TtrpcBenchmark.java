// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import com.google.protobuf.BytesValue;
import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Report;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.transport.TransportOptions;
import io.silica.server.transport.TtrpcTransport;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Echoes 200 bytes through our transport and through Go's server, in turns, and prints both with
 * their ratios. Arguments: the directory of the program in Go, seconds per measurement, rounds, and
 * perhaps a file to which the report is appended.
 */
public final class TtrpcBenchmark {
    private static final String SERVICE = "silica.benchmark.Echo";

    private final Path program;
    private final int seconds;
    private final int rounds;
    private final Report report;

    private TtrpcBenchmark(Path program, int seconds, int rounds) throws IOException {
        this.program = program;
        this.seconds = seconds;
        this.rounds = rounds;
        this.report = report(Machine.now(), seconds, rounds);
    }

    private record Target(String name, Path socket, String method) {}

    private record Load(String name, int connections, int callers) {}

    private record Result(long calls, double p50Micros, double p99Micros, double callsPerSecond) {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("ttrpc-benchmark");
        var program = directory.resolve("program");
        try {
            build(Path.of(arguments[0]), program);
            var benchmark =
                    new TtrpcBenchmark(
                            program,
                            Integer.parseInt(arguments[1]),
                            Integer.parseInt(arguments[2]));
            benchmark.run(directory);
            benchmark.report.print(System.out);
            if (arguments.length > 3) {
                benchmark.report.append(Path.of(arguments[3]));
            }
        } finally {
            for (var name :
                    List.of("program", "java", "go", "kept", "journal/journal", "journal")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }

    private static void build(Path source, Path program) throws IOException, InterruptedException {
        var go =
                new ProcessBuilder("go", "build", "-buildvcs=false", "-o", program.toString(), ".")
                        .directory(source.toFile())
                        .inheritIO()
                        .start();
        if (go.waitFor() != 0) {
            throw new IOException("go build failed");
        }
    }

    private void run(Path directory) throws IOException, InterruptedException {
        Path java = directory.resolve("java");
        Path kept = directory.resolve("kept");
        Path go = directory.resolve("go");
        var peer =
                new ProcessBuilder(program.toString(), "serve", go.toString())
                        .redirectError(Redirect.INHERIT)
                        .start();
        var options = TransportOptions.standard();
        try (var journal = journal(Files.createDirectory(directory.resolve("journal")));
                var plain = TtrpcTransport.start("ttrpc", config(), options);
                var keeping =
                        TtrpcTransport.start("kept", config(), options.withJournal(journal))) {
            plain.listen(UnixListener.bind(UnixAddress.of(java), SocketType.STREAM, 128));
            keeping.listen(UnixListener.bind(UnixAddress.of(kept), SocketType.STREAM, 128));
            peer.inputReader().readLine();
            compare(java, kept, go);
        } finally {
            peer.getOutputStream().close();
            peer.waitFor();
        }
    }

    /** Of the size that a daemon has. */
    private static Journal journal(Path directory) {
        var opening =
                new JournalDirectory(directory).open(16L << 20, JournalOwner.now("0".repeat(32)));
        if (opening instanceof JournalOpening.Fresh(Journal journal)) {
            return journal;
        }
        throw new IllegalStateException("no journal: " + opening);
    }

    private static ServerConfig config() {
        return ServerConfig.of(
                ServiceDefinition.named(SERVICE)
                        .unary(
                                "Echo",
                                BytesValue.parser(),
                                (request, _) -> request,
                                Dispatch.NON_BLOCKING)
                        .unary(
                                "EchoBlocking",
                                BytesValue.parser(),
                                (request, _) -> request,
                                Dispatch.BLOCKING)
                        .build());
    }

    private void compare(Path java, Path kept, Path go) throws IOException, InterruptedException {
        var targets =
                List.of(
                        new Target("Go", go, "Echo"),
                        new Target("non-blocking", java, "Echo"),
                        new Target("non-blocking, journal", kept, "Echo"),
                        new Target("blocking", java, "EchoBlocking"),
                        new Target("blocking, journal", kept, "EchoBlocking"));
        var loads =
                List.of(
                        new Load("1 caller", 1, 1),
                        new Load("64 callers on 1 connection", 1, 64),
                        new Load("64 callers on 64 connections", 64, 64));
        for (var load : loads) {
            compare(targets, load);
        }
    }

    private void compare(List<Target> targets, Load load) throws IOException, InterruptedException {
        var results = new ArrayList<List<Result>>();
        for (var target : targets) {
            measure(target, load); // Warms up.
            results.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < targets.size(); i++) {
                results.get(i).add(measure(targets.get(i), load));
            }
        }
        var first = median(results.getFirst());
        for (int i = 0; i < targets.size(); i++) {
            report.row(row(load, targets.get(i), median(results.get(i)), first));
        }
    }

    /** The round that is in the middle by its throughput. */
    private static Result median(List<Result> results) {
        var sorted = new ArrayList<>(results);
        sorted.sort((a, b) -> Double.compare(a.callsPerSecond(), b.callsPerSecond()));
        return sorted.get(sorted.size() / 2);
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

    private Result measure(Target target, Load load) throws IOException, InterruptedException {
        var client =
                new ProcessBuilder(
                                program.toString(),
                                "load",
                                target.socket().toString(),
                                target.method(),
                                Integer.toString(load.connections()),
                                Integer.toString(load.callers()),
                                Integer.toString(seconds))
                        .redirectError(Redirect.INHERIT)
                        .start();
        var line = client.inputReader().readLine();
        if (client.waitFor() != 0 || line == null) {
            throw new IOException("the load on %s failed".formatted(target.name()));
        }
        var fields = line.split(" ", -1);
        return new Result(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]) / 1e3,
                Long.parseLong(fields[2]) / 1e3,
                Double.parseDouble(fields[3]));
    }
}
