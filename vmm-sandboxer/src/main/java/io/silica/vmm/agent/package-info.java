// SPDX-License-Identifier: Apache-2.0

/**
 * The daemon's side of the agent in a guest: it waits for the agent to dial, and calls it on that
 * connection (guest.proto). Everything that comes from there is a hostile guest's: bounded, checked
 * against what was asked, and printed with its control characters replaced.
 *
 * <pre>
 *   guest: agent --dials--> hybrid vsock --> socket of mode 0600 --> Agent --Attach--> current
 *                                                                      ^                  |
 *                                          GuestMachine, GuestTask ----'---- calls <------'
 * </pre>
 */
@NullMarked
package io.silica.vmm.agent;

import org.jspecify.annotations.NullMarked;
