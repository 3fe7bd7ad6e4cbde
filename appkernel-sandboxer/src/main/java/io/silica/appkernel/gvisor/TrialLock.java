// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Held while a runsc is tried: what is left in the directory of trials is ended before each. */
final class TrialLock implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final FileChannel file;

    private TrialLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Waits for the trials of others; the lock is beside the directory.
     *
     * @throws SandboxException.Unavailable if that takes too long
     */
    static TrialLock take(Path directory, Duration patience) {
        try {
            var file =
                    FileChannel.open(
                            directory.resolveSibling(directory.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            try {
                await(file, directory, patience);
                return new TrialLock(file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(FileChannel file, Path directory, Duration patience)
            throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (!isTaken(file)) {
            if (System.nanoTime() - end > 0) {
                throw new SandboxException.Unavailable(
                        "somebody else tries a runsc in %s and does not end".formatted(directory));
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new SandboxException.Cancelled("interrupted while waiting for a trial");
            }
        }
    }

    private static boolean isTaken(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false; // Another kernel in this process has it.
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
