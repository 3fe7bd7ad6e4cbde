// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Listens in the daemon's place, keeps every connection that it has accepted and gives the daemon a copy: so none is
 * lost with a daemon, and none while there is none.
 *
 *   containerd -> acceptor -> held -> channel -> daemon
 *                               |
 *                            parking -> our own service manager, if there is one
 */

/* Opens it with nothing; the command's supervisor is its own holder. */
void holder_open(const char *listener, const char *channel, int limit);

/* Opens it with what the service manager has kept, and parks what it has not. */
void holder_resume(const char *listener, const char *channel, int limit);

/* Removes the sockets, unless they are kept for the next life. */
void holder_close(void);
