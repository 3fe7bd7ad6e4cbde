// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Puts another program in a daemon's place, or makes that final. */
public final class Upgrade {
    private final RunningDaemon daemon;
    private final Duration patience;

    /**
     * @param state the daemon's state directory
     * @param metrics the socket on which it says whether it is ready
     * @param patience how long a new program may take to be ready
     */
    public Upgrade(Path state, Path metrics, Duration patience) {
        this.daemon = new RunningDaemon(state, metrics);
        this.patience = patience;
    }

    /**
     * Replaces the program. If the new one is not ready in time, the old one is put back.
     *
     * @param home the directory of the new one's distribution
     * @param link through which the daemon is started
     * @param name the daemon's, such as {@code wasm-sandboxer}
     * @return the new one's version
     * @throws UpgradeException if it cannot be done; the daemon goes on, or the old one does again
     */
    public String replace(Path home, Path link, String name)
            throws IOException, InterruptedException {
        var program = InstalledProgram.in(home, name);
        program.requireReads(NotedFormat.of(daemon.state()));
        requireProtected();
        var current = new CurrentLink(link);
        Path before = current.target();
        current.lead(program.home());
        if (!daemon.replace(patience)) {
            current.lead(before);
            putBack(program);
        }
        return program.version();
    }

    /**
     * Lets the program that runs write its own format from now on. The program before cannot be put
     * back any more.
     *
     * @return that format
     * @throws UpgradeException if it does so already
     */
    public int commit() throws IOException, InterruptedException {
        NotedFormat noted = NotedFormat.of(daemon.state());
        if (noted.format() == noted.newest()) {
            throw new UpgradeException(
                    "there is nothing to commit: program %s writes its newest format, %d, already"
                            .formatted(noted.program(), noted.format()));
        }
        requireProtected();
        noted.committed().write(daemon.state());
        if (!daemon.replace(patience)) {
            throw new UpgradeException(
                    "the daemon is not ready %d s after it was to write format %d: see its log"
                            .formatted(patience.toSeconds(), noted.newest()));
        }
        return noted.newest();
    }

    private void requireProtected() throws IOException {
        if (daemon.process().isEmpty()) {
            throw new UpgradeException(
                    "no daemon has the state directory %s: start the new program, it takes over the pods"
                            .formatted(daemon.state()));
        }
        if (!daemon.isProtected()) {
            throw new UpgradeException(
                    "nothing keeps containerd's connections while the daemon of %s is replaced: run it under sandboxctl supervise"
                            .formatted(daemon.state()));
        }
    }

    /** Whoever starts the daemon tries again and again, and finds the old program now. */
    private void putBack(InstalledProgram program) throws IOException, InterruptedException {
        boolean back = daemon.replace(patience);
        throw new UpgradeException(
                "program %s was not ready in %d s: the one before %s; see the daemon's log"
                        .formatted(
                                program.version(),
                                patience.toSeconds(),
                                back ? "runs again" : "was put back, and is not ready either"));
    }
}
