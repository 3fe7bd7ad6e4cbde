// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Signals come as events. Children are collected, adopted orphans too, and the command's end is told to it; what is
 * meant for the command is passed on; SIGTERM and SIGINT end us, with the command if there is one.
 */

/* From here on no signal but those of a fault ends us. */
void signals_open(void);
