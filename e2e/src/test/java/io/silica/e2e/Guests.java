// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.KeyValue;
import io.silica.proto.cri.Mount;

/** What the tests let a kind's containers do. Each is started. */
interface Guests {
    /** One that ends at once. */
    PodContainer exit(Pod pod, int code);

    /** One that says {@code this is stdout} and {@code this is stderr}, each there, and ends. */
    PodContainer streams(Pod pod);

    /** One that prints the numbers up to {@code last}, a line each, and ends. */
    PodContainer count(Pod pod, int last);

    /** The same with a pause after each, and an exit code. */
    PodContainer tick(Pod pod, int last, int pauseMillis, int code);

    /** One that prints its environment, in which there is this, and ends. */
    PodContainer environment(Pod pod, KeyValue variable);

    /** One that says {@code spinning} and goes on until it is ended; SIGTERM ends it with 143. */
    PodContainer spin(Pod pod);

    /** One that computes without a rest until it is killed. */
    PodContainer compute(Pod pod);

    /** One that prints what it reads until that has an end. */
    PodContainer echo(Pod pod);

    /** One that prints a file of a volume, and ends. */
    PodContainer cat(Pod pod, Mount volume, String file);

    /** One that writes a file of a volume, and ends with 0 if it could. */
    PodContainer write(Pod pod, Mount volume, String file, String text);

    /** One with a terminal, which says {@code terminal} to its errors if it finds one, and ends. */
    PodContainer terminal(Pod pod);

    /** One of a program that is not there. */
    PodContainer missing(Pod pod, String program);
}
