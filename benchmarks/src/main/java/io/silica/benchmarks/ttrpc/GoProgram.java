// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program in Go that echoes, and calls those who echo.
 *
 * @param path of what was compiled
 */
record GoProgram(Path path) {
    /** The service that echoes. */
    static final String SERVICE = "silica.benchmark.Echo";

    /**
     * Compiles it.
     *
     * @param source its directory
     */
    static GoProgram build(Path source, Path program) throws IOException, InterruptedException {
        var go =
                new ProcessBuilder("go", "build", "-buildvcs=false", "-o", program.toString(), ".")
                        .directory(source.toFile())
                        .inheritIO()
                        .start();
        if (go.waitFor() != 0) {
            throw new IOException("go build failed");
        }
        return new GoProgram(program);
    }

    /** Echoes until its standard input is closed; returns when it listens. */
    Process serve(Path socket) throws IOException {
        var server = start("serve", socket.toString());
        server.inputReader().readLine();
        return server;
    }

    /** Puts each of the targets under the load, in turns, after one turn to warm up. */
    List<Result> medians(List<Target> targets, Load load, int seconds, int rounds)
            throws IOException, InterruptedException {
        var results = new ArrayList<List<Result>>();
        for (var target : targets) {
            call(target, load, seconds);
            results.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < targets.size(); i++) {
                results.get(i).add(call(targets.get(i), load, seconds));
            }
        }
        return results.stream().map(Result::median).toList();
    }

    private Result call(Target target, Load load, int seconds)
            throws IOException, InterruptedException {
        var client =
                start(
                        "load",
                        target.socket().toString(),
                        target.method(),
                        Integer.toString(load.connections()),
                        Integer.toString(load.callers()),
                        Integer.toString(seconds));
        var line = client.inputReader().readLine();
        if (client.waitFor() != 0 || line == null) {
            throw new IOException("the load on %s failed".formatted(target.name()));
        }
        return Result.parse(line);
    }

    private Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(path.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }
}
