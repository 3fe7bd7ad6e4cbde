// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

/* One line on standard error, which is where the command logs, too. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As say, with the reason of errno at the end. */
void say_why(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and then the end: only while nothing depends on this process yet. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Counts one more; whether that is worth a line: the 1st, 2nd, 4th, 8th, ... is, so that nobody can fill a log. */
bool worth_saying(unsigned long *count);
