// SPDX-License-Identifier: Apache-2.0

/**
 * What every kind of sandbox must do, as containerd sees it: suites that a kind's tests inherit,
 * and containerd's side of both services for them to call. They run the whole daemon, with the kind
 * under it, on sockets of their own.
 */
@NullMarked
package io.silica.server.contract;

import org.jspecify.annotations.NullMarked;
