// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/*
 * Starts the command in a process of its own, with an environment that speaks of us and not of our own service manager.
 * What comes with it is added in that process, before it becomes the command. Returns its pid; 0 after saying why not.
 *
 * One that is proven finds SILICA_PROVEN=1: what it is about to load has just been seen to work.
 */
pid_t launch(char **arguments, bool proven, bool (*pass_on)(void));
