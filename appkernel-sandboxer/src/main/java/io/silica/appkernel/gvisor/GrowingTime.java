// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

/**
 * The CPU time of a container, which only grows. A sentry tells what the processes have used that
 * are there, and forgets an added one when it has ended; whoever computes a rate would find it
 * negative. What such a process used after the last question is lost. For one thread at a time.
 */
final class GrowingTime {
    private long forgotten;
    private long last;

    /** All that was used, when the sentry tells so much. */
    long told(long nanos) {
        forgotten += Math.max(0, last - nanos);
        last = nanos;
        return forgotten + nanos;
    }
}
