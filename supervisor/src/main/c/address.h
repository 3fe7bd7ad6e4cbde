// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

/* Unix sockets that only root and our own user can reach. They never block and are closed on exec. */

/*
 * Listens at a path, or receives there if the type is SOCK_DGRAM. The directory is made if it is not there, for the
 * owner only. A socket that nobody listens to any more is replaced. Gives up if somebody does, or if it cannot be done.
 */
int address_bind(const char *path, int type);

/* Connects to a path, or to an abstract name after "@"; -1 with errno. */
int address_connect(const char *name, int type);

/* Removes the file of a listening socket, if it is one and has one. */
void address_unlink(int descriptor);

/* Whether a socket has its file there. */
bool address_exists(const char *path);

/* Whether at the other end of a connection is root or our own user. */
bool address_is_ours(int connection);

/* The process that connected. */
int address_peer(int connection);
