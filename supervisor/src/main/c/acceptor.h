// SPDX-License-Identifier: Apache-2.0
#pragma once

/* Accepts the connections of containerd and keeps them, whether or not there is a daemon. */

/* Listens at a path; or goes on to listen, if the descriptor is not -1. */
void acceptor_open(const char *path, int descriptor);

/* What is to be parked. */
int acceptor_descriptor(void);

/* There may be room again. */
void acceptor_proceed(void);

/* Removes the socket. */
void acceptor_close(void);
