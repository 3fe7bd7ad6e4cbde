// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/*
 * The next life of the command, started ahead of its time: it loads what it will need, and waits for its turn, so that
 * nobody waits for that when the present life ends. There is one a second after the command was ready, if there is to be
 * one at all.
 *
 * It finds SILICA_STANDBY=3 in its environment, the number of a socket (SOCK_SEQPACKET). It sends "rehearsed" when it can
 * take its turn, gets messages of names, each followed by a colon, with the parked descriptors of these names, at last
 * "go", and answers "going". Then it is the command. The end of the socket is its own.
 */

/* From now on there is to be one. */
void standby_enable(void);

/* The command is ready: starts the next life, some time from now. */
void standby_plan(char **arguments);

/* Lets it take its turn; 0 if there is none that can, and then none is left. */
pid_t standby_take(void);

/* Ends it: it is not what it should be, or not needed. */
void standby_drop(void);

/* A process is gone; perhaps it was this one. */
void standby_may_have_ended(pid_t ended);

/* As standby_drop, at the end of everything: returns when it is gone. */
void standby_close(void);
