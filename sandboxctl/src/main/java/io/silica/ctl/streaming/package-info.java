// SPDX-License-Identifier: Apache-2.0

/**
 * The client of a runtime's streaming server: the streams of commands and containers, and ports of
 * pods, over WebSockets whose messages begin with the number of a channel ({@code
 * v4.channel.k8s.io} and {@code v5.channel.k8s.io}; k8s.io/apimachinery, remotecommand).
 */
@NullMarked
package io.silica.ctl.streaming;

import org.jspecify.annotations.NullMarked;
