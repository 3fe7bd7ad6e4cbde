// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Makes native calls that can block, for one sandbox.
 *
 * <p>Such a call pins the carrier of a virtual thread, and one that never returns (a volume whose
 * server is gone) keeps it for ever. So it is made on one of a few platform threads that the
 * sandbox may have; the caller waits until the deadline and no longer. A thread whose call does not
 * return is lost until it does: nothing can end it.
 *
 * <p>Any thread may call; the caller is blocked in Java only.
 */
public final class BlockingCalls implements HostCalls {
    private final String owner;
    private final int maximum;
    private final Duration deadline;
    private final Semaphore free;
    private final AtomicInteger lost = new AtomicInteger();
    private final BlockingThreads threads;
    private volatile boolean closed;

    /**
     * @param owner what messages and threads call the sandbox
     * @param maximum how many calls may be under way at a time, the lost ones among them
     * @param deadline how long a call may take, waiting for a thread included
     * @param threads to make them on
     */
    public BlockingCalls(String owner, int maximum, Duration deadline, BlockingThreads threads) {
        this.owner = owner;
        this.maximum = maximum;
        this.deadline = deadline;
        this.threads = threads;
        // The bound: a thread is a moment longer busy than its call.
        this.free = new Semaphore(maximum, true);
    }

    /**
     * Makes those of each sandbox, on threads that all sandboxes share.
     *
     * @param maximum how many calls of one sandbox may be under way at a time
     * @param deadline how long a call may take
     */
    public static HostCalls.Factory ofSandboxes(int maximum, Duration deadline) {
        var threads = new BlockingThreads();
        return sandbox -> new BlockingCalls("sandbox-" + sandbox, maximum, deadline, threads);
    }

    /**
     * Makes a call and waits for its result. Its own unchecked exceptions pass through.
     *
     * @param action what it does, for messages: {@code mount the root file system of "c1"}
     * @throws SandboxException.TimedOut if it does not return in time
     * @throws SandboxException.Exhausted if every thread is lost, or busy until the deadline
     * @throws SandboxException.Failed around a checked exception
     * @throws SandboxException.Cancelled if the caller is interrupted, which it stays
     * @throws SandboxException.Unavailable after {@link #close}
     */
    public <T> T call(String action, Callable<T> work) {
        return call(action, work, _ -> {});
    }

    /**
     * Makes a call whose result has to be undone if it comes when nobody waits any more.
     *
     * @param undo takes such a result, on the thread of the call; what it throws is dropped
     */
    @Override
    public <T> T call(String action, Callable<T> work, Consumer<T> undo) {
        long end = System.nanoTime() + deadline.toNanos();
        acquire(action, end);
        var call = new BlockingCall<>(action, work, undo, lost, free::release);
        execute(call);
        return call.await(end);
    }

    /** Makes a call that has no result. */
    public void run(String action, Runnable work) {
        Boolean _ =
                call(
                        action,
                        () -> {
                            work.run();
                            return true;
                        });
    }

    /** How many threads are in a call that nobody waits for any more. */
    public int lost() {
        return lost.get();
    }

    /** Makes no further calls; those under way go on. Idempotent. */
    @Override
    public void close() {
        closed = true;
    }

    private void acquire(String action, long end) {
        try {
            boolean hopeless = lost.get() >= maximum;
            if (hopeless || !free.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw exhausted(action);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("cannot " + action + ": interrupted");
        }
    }

    private void execute(Runnable call) {
        boolean begun = false;
        try {
            if (closed) {
                throw new SandboxException.Unavailable(owner + " is released: it makes no calls");
            }
            threads.execute(owner, call);
            begun = true;
        } finally {
            if (!begun) {
                free.release();
            }
        }
    }

    private SandboxException exhausted(String action) {
        return new SandboxException.Exhausted(
                "cannot %s: each of the %d threads for blocking calls of %s is busy, %d without an answer"
                        .formatted(action, maximum, owner, lost.get()));
    }
}
