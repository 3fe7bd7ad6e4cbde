// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.SandboxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether a sentry lets its guests run. It is paused as a whole, goes on answering, and counts: two
 * pauses take two resumes, and a resume too many is its end (gVisor, pkg/sentry/kernel, TaskSet).
 * So a file says what is so, for the next daemon as well, and where a call was under way when one
 * died the sentry is given work, to see whether it is done.
 */
final class Freeze {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] PAUSED = "paused\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHANGING = "changing\n".getBytes(StandardCharsets.US_ASCII);

    /** How long a program that does nothing may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path file;
    private final ControlSocket control;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean frozen;

    /**
     * @param file says whether it is paused
     */
    Freeze(Path file, ControlSocket control) {
        this.file = file;
        this.control = control;
        this.frozen = PodPlaces.read(file).isPresent();
    }

    boolean isFrozen() {
        return frozen;
    }

    /**
     * Does something while nothing can be paused.
     *
     * @throws SandboxException.WrongState if it is paused already
     */
    void whileRunning(String action, Runnable work) {
        lock.readLock().lock();
        try {
            if (frozen) {
                throw new SandboxException.WrongState(
                        "cannot %s: its pod is paused".formatted(action));
            }
            work.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Pauses it; if it is so already nothing happens.
     *
     * @param mayBe called when nothing can be started any more; throws if it must not be
     */
    void pause(Runnable mayBe) {
        lock.writeLock().lock();
        try {
            settle();
            if (!frozen) {
                mayBe.run();
                PodPlaces.write(file, CHANGING);
                frozen = true;
                pauseNow();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void pauseNow() {
        try {
            control.call("Pause", JSON.nullNode());
            PodPlaces.write(file, PAUSED);
        } catch (SandboxException.Failed e) {
            PodPlaces.removeFile(file);
            frozen = false;
            throw e;
        }
    }

    /** Lets it go on; if it does so already nothing happens. */
    void resume() {
        lock.writeLock().lock();
        try {
            settle();
            if (frozen) {
                PodPlaces.write(file, CHANGING);
                control.call("Resume", JSON.nullNode());
                PodPlaces.removeFile(file);
                frozen = false;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Finds out what became of a call of which nobody has heard the answer. */
    void find() {
        lock.writeLock().lock();
        try {
            settle();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void settle() {
        var written = PodPlaces.read(file);
        if (written.isEmpty() || Arrays.equals(written.get(), PAUSED)) {
            return;
        }
        frozen = !works();
        if (frozen) {
            PodPlaces.write(file, PAUSED);
        } else {
            PodPlaces.removeFile(file);
        }
    }

    private boolean works() {
        try {
            PodInit.run(control, PodInit.NOTHING, PATIENCE);
            return true;
        } catch (SandboxException.TimedOut _) {
            return false;
        }
    }
}
