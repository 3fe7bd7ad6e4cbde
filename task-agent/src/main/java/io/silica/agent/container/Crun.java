// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.linux.Descriptor;
import io.silica.linux.Spawn;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program that makes containers: crun, whose processes we inherit when it has ended. */
final class Crun {
    private static final int LONGEST_REASON = 1000;

    private final Path program;
    private final Path state;
    private final Reaper reaper;

    /**
     * @param state where it keeps what it knows of containers
     */
    Crun(Path program, Path state, Reaper reaper) {
        this.program = program;
        this.state = state;
        this.reaper = reaper;
    }

    /**
     * Runs it to its end.
     *
     * @param action what is to be done, for who reads that it failed
     * @param log where it writes why it failed
     * @param descriptors what its standard descriptors are, which it hands on; others are nothing
     * @throws SandboxException.Failed with its own words
     */
    void run(String action, Path log, Map<Integer, Descriptor> descriptors, String... arguments)
            throws InterruptedException {
        var all =
                new ArrayList<String>(List.of("--root", state.toString(), "--log", log.toString()));
        all.addAll(List.of(arguments));
        var spawn = Spawn.of(program, all.toArray(String[]::new)).environment(environment());
        descriptors.forEach(spawn::descriptor);
        int code = reaper.spawn(spawn).exit().await().code();
        if (code != 0) {
            throw new SandboxException.Failed(
                    "cannot " + action + ": " + reason(log) + " (crun ended with " + code + ")");
        }
    }

    private Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin", "XDG_RUNTIME_DIR", state.toString());
    }

    private static String reason(Path log) {
        try {
            var text = Files.exists(log) ? Files.readString(log).strip() : "";
            return text.substring(Math.max(0, text.length() - LONGEST_REASON)).replace('\n', ' ');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
