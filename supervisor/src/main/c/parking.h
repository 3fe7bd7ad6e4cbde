// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

#include "held.h"

/*
 * Parks with our service manager what has to outlive us: a connection first, before anybody reads from it. Unless it is
 * opened, and there is a service manager, a connection is ours at once.
 */

void parking_open(void);

/* Whether anything is parked. */
bool parking_is_open(void);

/* The state in which a new connection begins. */
enum held_state parking_begin(void);

/* Parks what is to be had from our start on, under a name. */
void parking_keep(const char *name, int descriptor);

/* Lets go of a name. */
void parking_leave(const char *name);

/* There are new connections, or some have been dropped: does what can be done now, and the rest later. */
void parking_proceed(void);
