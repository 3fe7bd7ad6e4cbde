// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

/*
 * Where the daemon gets the connections that are held. A SOCK_SEQPACKET connection, one at a time: a new one takes the
 * place of the old. Each message is a line of text without its end:
 *
 *   to the daemon    HELLO 1 INSTANCE
 *                    MOST N            at most so many are held, whatever its limit is
 *                    CONNECTION ID     with a descriptor; first those that are there already, by their ids, ...
 *                    ALL               ... then this, and from then on those that come
 *   of the daemon    DROP ID           close it: it has ended
 *                    LIMIT N           hold at most so many; further ones wait in the listener's queue
 *                    CONNECTION ID     with a descriptor: keep this one, which another instance had
 *
 * Anything else is counted and told, and does no harm.
 */

/* Listens at a path; or goes on to listen, if the descriptor is not -1. */
void channel_open(const char *path, int descriptor);

/* What is to be parked. */
int channel_descriptor(void);

/* There are connections that the daemon may have now. */
void channel_proceed(void);

/* The process that is connected; -1 if none is. */
pid_t channel_peer(void);

/* Removes the socket. */
void channel_close(void);
