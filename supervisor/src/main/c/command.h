// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

/*
 * The command, which is started again whenever it ends, at once; if it was not ready, after a while that doubles from
 * 100 ms to 10 s. The loop ends with its code when it was asked to end, and when it ends by itself with 0 without
 * leaving anything undone: after STOPPING=1, or before it ever was ready.
 *
 * A life that follows one of the same program that was ready for a second or longer finds SILICA_PROVEN=1 in its
 * environment: what it is about to load has just been seen to work.
 */

/* Starts its first life; the arguments end with a NULL. */
void command_start(char **arguments);

/* Its process; 0 between two lives. */
pid_t command_pid(void);

/* It has said so. */
void command_is_ready(void);
void command_is_stopping(void);

/* Its process is gone, with this status of waitpid(2). */
void command_has_ended(int status);

/* Passes a signal on. */
void command_signal(int signal);

/* Lets it end: passes a signal on, after which it is not started again. */
void command_stop(int signal);

/* Whatever it may have waited for is gone: if it waits to be started again, it is started now. */
void command_hurry(void);
