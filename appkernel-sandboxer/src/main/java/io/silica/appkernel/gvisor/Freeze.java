// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.OwnFiles;
import io.silica.sandbox.SandboxException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether a sentry lets its guests run. It is paused as a whole, goes on answering, and counts: two
 * pauses take two resumes, and a resume too many is its end (gVisor, pkg/sentry/kernel, TaskSet).
 * So a file says what is so, for the next daemon as well, and where the answer to a call was not
 * heard the sentry is given work, to see whether it is done. That it is not is no proof: a sentry
 * may be slow. So it is given much time, is looked at once more before it is resumed, and by the
 * next daemon again; where it does not even take the work, nothing is done.
 */
final class Freeze {
    private static final System.Logger LOG = System.getLogger(Freeze.class.getName());
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] PAUSED = "paused\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHANGING = "changing\n".getBytes(StandardCharsets.US_ASCII);

    /** How long a program that does nothing may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long it is waited for when it has had its time. */
    private static final Duration GLANCE = Duration.ofSeconds(2);

    private final Path file;
    private final ControlSocket control;
    private final Duration patience;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean frozen;

    /** The pid of the work that has not been done. */
    private OptionalInt undone = OptionalInt.empty();

    /**
     * @param file says whether it is paused
     */
    Freeze(Path file, ControlSocket control) {
        this(file, control, PATIENCE);
    }

    /**
     * @param patience how long a program that does nothing may take
     */
    Freeze(Path file, ControlSocket control, Duration patience) {
        this.file = file;
        this.control = control;
        this.patience = patience;
        this.frozen = OwnFiles.read(file).isPresent();
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
                OwnFiles.write(file, CHANGING);
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
            OwnFiles.write(file, PAUSED);
        } catch (SandboxException.Failed e) {
            runs();
            throw e;
        }
    }

    /** Lets it go on; if it does so already nothing happens. */
    void resume() {
        lock.writeLock().lock();
        try {
            settle();
            if (frozen) {
                OwnFiles.write(file, CHANGING);
                // Should this not be answered, it tells nothing any more.
                undone = OptionalInt.empty();
                control.call("Resume", JSON.nullNode());
                runs();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Finds out what became of a call of which nobody has heard the answer. Where that can't be, it
     * counts as paused until somebody wants to change it.
     */
    void find() {
        lock.writeLock().lock();
        try {
            settle();
        } catch (SandboxException.TimedOut e) {
            LOG.log(Level.WARNING, "it is not known what is so of {0}: {1}", file, e.getMessage());
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * @throws SandboxException.TimedOut if the sentry does not take any work
     */
    private void settle() {
        var written = OwnFiles.read(file);
        if (written.isEmpty() || Arrays.equals(written.get(), PAUSED)) {
            return;
        }
        // One that was only slow has done it by the next time.
        var time = undone.isPresent() ? GLANCE : patience;
        int pid = undone.orElseGet(() -> PodInit.start(control, PodInit.NOTHING));
        if (isDone(pid, time)) {
            runs();
        } else {
            undone = OptionalInt.of(pid);
        }
    }

    private boolean isDone(int pid, Duration time) {
        try {
            PodInit.await(control, pid, time);
            return true;
        } catch (SandboxException.NotFound _) {
            return true;
        } catch (SandboxException.TimedOut _) {
            return false;
        }
    }

    private void runs() {
        OwnFiles.removeFile(file);
        frozen = false;
        undone = OptionalInt.empty();
    }
}
