// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import io.silica.ctl.cli.OnSignal;
import io.silica.ctl.cli.ReadOutput;
import io.silica.ctl.cri.CriClient;
import io.silica.ctl.cri.WantedStreams;
import io.silica.ctl.streaming.CommandStreams;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** A command that connects this program's streams to those of a process in a container. */
abstract class InteractiveVerb extends Verb {
    private static final int CHUNK = 8 << 10;

    @Option(
            names = {"-i", "--stdin"},
            description = "Pass the input on.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "With a terminal.")
    private boolean terminal;

    /** Where the streams are to be had. */
    abstract URI url(CriClient client, WantedStreams wanted);

    /** Connects until the end; the exit code if any was told. */
    final OptionalInt connect(CriClient client) throws IOException, InterruptedException {
        var url = url(client, new WantedStreams(input, terminal));
        var out = new ReadOutput(console().out());
        var err = new ReadOutput(console().err());
        try (var streams = CommandStreams.open(url, out, err)) {
            Optional<LocalTerminal> local = terminal ? LocalTerminal.raw() : Optional.empty();
            try (var _ = OnSignal.first(() -> local.ifPresent(LocalTerminal::close))) {
                if (local.isPresent()) {
                    streams.resize(local.get().columns(), local.get().rows());
                }
                if (input) {
                    Thread.ofPlatform().daemon().name("input").start(() -> passInput(streams));
                }
                return streams.await();
            } finally {
                local.ifPresent(LocalTerminal::close);
            }
        }
    }

    private void passInput(CommandStreams streams) {
        try {
            pass(console().in(), streams);
        } catch (IOException _) {
            // The command has ended, of which await tells.
        }
    }

    private void pass(InputStream from, CommandStreams streams) throws IOException {
        var chunk = new byte[CHUNK];
        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
            streams.send(chunk, 0, n);
        }
        if (!streams.endInput()) {
            console()
                    .err()
                    .println(
                            "sandboxctl: the runtime cannot pass on that the input has ended;"
                                    + " end the command otherwise");
        }
    }
}
