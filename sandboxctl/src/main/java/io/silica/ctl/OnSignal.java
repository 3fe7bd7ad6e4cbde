// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

/** Closes something if a signal ends the process before it is closed in the ordinary way. */
final class OnSignal implements AutoCloseable {
    private final Thread hook;

    private OnSignal(Thread hook) {
        this.hook = hook;
    }

    /** From now on Ctrl-C and SIGTERM close {@code owned} before the process ends. */
    static OnSignal close(PodRun owned) {
        var hook = new Thread(owned::close, "clean-up");
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
