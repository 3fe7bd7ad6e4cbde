// SPDX-License-Identifier: Apache-2.0
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One write for each line, so that it stays whole beside those of the command. */
static void line(const char *format, va_list arguments, const char *reason) {
    char text[1024] = "silica-supervise: ";
    size_t used = strlen(text);
    vsnprintf(text + used, sizeof text - used - 1, format, arguments);
    if (reason) {
        used = strlen(text);
        snprintf(text + used, sizeof text - used - 1, ": %s", reason);
    }
    strcat(text, "\n");
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        // Nobody to tell.
    }
}

void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments, NULL);
    va_end(arguments);
}

void say_why(const char *format, ...) {
    const char *reason = strerror(errno);
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments, reason);
    va_end(arguments);
}

void give_up(const char *format, ...) {
    const char *reason = errno ? strerror(errno) : NULL;
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments, reason);
    va_end(arguments);
    exit(1);
}

bool worth_saying(unsigned long *count) {
    ++*count;
    return (*count & (*count - 1)) == 0;
}
