// SPDX-License-Identifier: Apache-2.0
// The task service: containers as plain processes below the sandbox's root, which is ours by now.
#ifndef TASKS_H
#define TASKS_H

#include "wire.h"

// What the daemon did that it should not: written down for the tests, which want none.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The sandbox's id, and /dev/null, which is out of reach now.
void tasks_begin(const char *sandbox, int nothing, int says_killed);

void tasks_answer(struct caller caller, const char *method, const struct message *request);

// Somebody has gone, who is answered nothing any more.
void tasks_forget(int socket);

// Processes may have ended.
void tasks_collect(void);

#endif
