// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

/**
 * A request without an answer.
 *
 * @param stream on which it came
 * @param arrivedNanos when it came, nanoseconds after the machine was booted
 * @param bytes how long its frame is
 * @param content what may be shown of it
 */
public record RequestReport(long stream, long arrivedNanos, int bytes, RequestContent content) {}
