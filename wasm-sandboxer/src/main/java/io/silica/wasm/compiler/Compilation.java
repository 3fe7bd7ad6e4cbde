// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.sandbox.SandboxException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A module that is to be compiled, and how many wait for it. Each of them gets a descriptor of its
 * own. {@link #run} and {@link #await} are called outside of the lock of whoever keeps it, and all
 * else within.
 */
final class Compilation implements AutoCloseable {
    private final ModuleSource source;
    private final FutureTask<Descriptor> work;
    private int waiting;
    private boolean working;

    /**
     * @param source what is compiled, its own from now on
     */
    Compilation(ModuleSource source, Callable<Descriptor> work) {
        this.source = source;
        this.work = new FutureTask<>(work);
    }

    void join() {
        waiting++;
    }

    void leave() {
        waiting--;
    }

    /** Whether it is to be run: nobody may wait for it any more. */
    boolean begin() {
        working = waiting > 0;
        return working;
    }

    void run() {
        work.run();
    }

    void end() {
        working = false;
    }

    boolean isOver() {
        return waiting == 0 && !working;
    }

    /**
     * What it has come to.
     *
     * @throws CompilerException.TooLong if it is not its turn in time
     */
    Descriptor await(Duration patience) {
        try {
            return work.get(patience.toMillis(), TimeUnit.MILLISECONDS).duplicate();
        } catch (TimeoutException _) {
            throw new CompilerException.TooLong(
                    "it was not its turn to be compiled within %d s: others are before it"
                            .formatted(patience.toSeconds()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a module was compiled");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException known -> throw known;
                case Error known -> throw known;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public void close() {
        source.close();
        if (work.state() == FutureTask.State.SUCCESS) {
            work.resultNow().close();
        }
    }
}
