// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.function.IntConsumer;

/**
 * Named places at which a test makes this process die, stand still, or a step fail: for what must
 * hold whenever a daemon dies, and cannot be hit by chance.
 *
 * <pre>
 *   SILICA_FAILPOINTS="task.create.mounted=kill;task.start.before=fail@3"
 * </pre>
 *
 * <p>Each point acts once, at the pass that is named behind {@code @} or else at the first:
 *
 * <ul>
 *   <li>{@code kill}: the process is killed (SIGKILL),
 *   <li>{@code stop}: the process is stopped (SIGSTOP) until somebody lets it go on,
 *   <li>{@code fail}: the step throws {@link SandboxException.Failed},
 *   <li>{@code halt}: the thread stands still for ever, as if the process had died there. A test
 *       that plays a daemon's death in its own process abandons that life then.
 * </ul>
 *
 * <p>Where the environment variable is not set, a point is a branch on a constant, which costs
 * nothing; nothing can switch it on later. Any thread may pass a point. A name says the request and
 * the moment, from the large to the small: {@code task.create.mounted}.
 */
public final class Failpoint {
    /** The environment variable, which may be empty: then a test arms points by {@link #arm}. */
    public static final String ENVIRONMENT = "SILICA_FAILPOINTS";

    private static final boolean ENABLED = System.getenv(ENVIRONMENT) != null;
    private static final ArmedFailpoints ARMED = new ArmedFailpoints();

    static {
        if (ENABLED) {
            ARMED.arm(System.getenv(ENVIRONMENT));
        }
    }

    private Failpoint() {}

    /** A place where something may happen. */
    public static void at(String name) {
        if (ENABLED) {
            ARMED.pass(name);
        }
    }

    /** Whether this process has failpoints at all. */
    public static boolean enabled() {
        return ENABLED;
    }

    /**
     * Says how this process sends itself a signal, which this module can't. Without it a kill is an
     * immediate end of the JVM with code 137, and a stop is refused.
     */
    public static void signalBy(IntConsumer sender) {
        ARMED.signalBy(sender);
    }

    /**
     * Arms further points, written as in the environment variable.
     *
     * @throws IllegalArgumentException if it is not written so
     * @throws IllegalStateException if failpoints are off in this process
     */
    public static void arm(String points) {
        if (!ENABLED) {
            throw new IllegalStateException(ENVIRONMENT + " is not set: failpoints are off");
        }
        ARMED.arm(points);
    }

    /** Takes back what is armed. Threads that stand still remain so. */
    public static void disarm() {
        ARMED.disarm();
    }

    /** Waits until a thread stands still at a point that is armed with {@code halt}. */
    public static void awaitHalt(String name) throws InterruptedException {
        ARMED.awaitHalt(name);
    }
}
