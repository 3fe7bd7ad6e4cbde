// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

/** Cleans up if a signal ends the process before that is done in the ordinary way. */
public final class OnSignal implements AutoCloseable {
    private final Thread hook;

    private OnSignal(Thread hook) {
        this.hook = hook;
    }

    /** From now on Ctrl-C and SIGTERM do {@code cleanUp} before the process ends. */
    public static OnSignal first(Runnable cleanUp) {
        var hook = new Thread(cleanUp, "clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
        return new OnSignal(hook);
    }

    /** Signals are no longer our business; once one has come it is too late for that. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The hook runs already.
        }
    }
}
