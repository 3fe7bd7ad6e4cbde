// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** A process with streams. Its end is told when containerd has its output. */
final class StreamedProcess implements ContainerProcess {
    private static final Logger LOGGER = System.getLogger(StreamedProcess.class.getName());

    private final StreamOwner owner;
    private final ContainerProcess process;
    private final ProcessStreams own;
    private final StdioStreams streams;
    private final Exit exit = new Exit();
    private final AtomicBoolean closing = new AtomicBoolean();

    StreamedProcess(
            StreamOwner owner, ContainerProcess process, ProcessStreams own, StdioStreams streams) {
        this.owner = owner;
        this.process = process;
        this.own = own;
        this.streams = streams;
        process.exit().onExit(status -> own.ended(() -> exit.complete(status)));
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public void start() {
        own.started();
        process.start();
    }

    @Override
    public void kill(Signal signal, boolean all) {
        process.kill(signal, all);
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public void resize(int columns, int rows) {
        process.resize(columns, rows);
    }

    /** A process that does not read its input now sees the end later, behind all of it. */
    @Override
    public void closeStdin() {
        try {
            if (!own.awaitInput(streams.patience().taking())) {
                closeStdinLater();
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "interrupted while the rest of the " + owner.name("stdin") + " was waited for");
        }
        closeStdinNow();
    }

    private void closeStdinNow() {
        process.closeStdin();
        own.closeInput();
    }

    private void closeStdinLater() {
        if (closing.compareAndSet(false, true)) {
            // It ends with the input, or the streams.
            Thread.ofVirtual().name("close " + owner.name("stdin")).start(this::closeBehindInput);
        }
    }

    private void closeBehindInput() {
        try {
            boolean over = false;
            while (!over) {
                over = own.awaitInput(streams.patience().taking());
            }
            if (own.hasInput()) {
                closeStdinNow();
            }
        } catch (SandboxException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot close the {0}: {1}",
                    owner.name("stdin"),
                    e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void delete() {
        process.delete();
        streams.end(owner, own);
    }
}
