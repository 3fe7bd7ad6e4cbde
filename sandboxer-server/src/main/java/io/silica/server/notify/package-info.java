// SPDX-License-Identifier: Apache-2.0

/**
 * Tells the service manager how the daemon is, by the protocol of sd_notify(3): datagrams of {@code
 * NAME=value} lines to the socket that {@code NOTIFY_SOCKET} names. Nobody there, or nobody
 * listening, is no reason to serve any worse.
 */
@NullMarked
package io.silica.server.notify;

import org.jspecify.annotations.NullMarked;
