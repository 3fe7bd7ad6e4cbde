// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

/* Our own service manager, if there is one: the other end of sd_notify(3). */

/* Finds it by the environment, which tells it to none of our children. */
void manager_open(void);

/* Whether there is one. */
bool manager_is_there(void);

/* How many descriptors it keeps for us; -1 if it does not say. */
int manager_most(void);

/* Sends without waiting; false if its queue is full. The descriptor may be -1. */
bool manager_tell(const char *text, int descriptor);

/* Sends, and waits for a while if its queue is full; only while nothing depends on us. */
void manager_insist(const char *text, int descriptor);

/* Says once that we are, or the command is, ready. */
void manager_tell_ready(void);

/* Calls when manager_tell, which returned false, may be worth another try. */
void manager_watch(void (*writable)(void));
