// SPDX-License-Identifier: Apache-2.0
/**
 * Links, addresses, routes and neighbours of a network namespace (rtnetlink(7)). {@link
 * io.silica.linux.netlink.Request} writes messages, {@link io.silica.linux.netlink.Answer} and
 * {@link io.silica.linux.netlink.Attributes} read them, {@link io.silica.linux.netlink.RouteSocket}
 * exchanges them; the records are what they mean.
 */
@NullMarked
package io.silica.linux.netlink;

import org.jspecify.annotations.NullMarked;
