// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.Exit;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;

/** A process with streams. Its end is told when containerd has its output. */
final class StreamedProcess implements ContainerProcess {
    private final StreamOwner owner;
    private final ContainerProcess process;
    private final ProcessStreams own;
    private final StdioStreams streams;
    private final Exit exit = new Exit();

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

    @Override
    public void closeStdin() {
        try {
            own.awaitInput(streams.patience().taking());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "interrupted while the rest of the " + owner.name("stdin") + " was waited for");
        }
        process.closeStdin();
        own.closeInput();
    }

    @Override
    public void delete() {
        process.delete();
        streams.end(owner, own);
    }
}
