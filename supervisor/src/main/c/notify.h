// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * The socket on which the command tells how it is and parks descriptors, by the protocol of sd_notify(3):
 *
 *   FDSTORE=1 with descriptors   parks them, under FDNAME=
 *   FDSTOREREMOVE=1              closes those of that FDNAME=
 *   BARRIER=1 with a descriptor  closes it: everything sent before has been done
 *   READY=1, STOPPING=1          as they say
 *
 * Parked descriptors are never looked at, so FDPOLL=0 is always so. The rest, WATCHDOG=1 and MAINPID= among it, means
 * nothing here. Heard are only the command itself and the daemon at the other end of the holder's channel.
 */

void notify_open(const char *path);

/* Handles all that waits. Before a death is handled, so that what the dead had said counts. */
void notify_drain(void);

/* Removes the socket. */
void notify_close(void);
