// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "command.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch.h"
#include "loop.h"
#include "manager.h"
#include "say.h"
#include "standby.h"
#include "store.h"

#define SHORTEST_PAUSE 100
#define LONGEST_PAUSE 10000

static void start(void);

static char **arguments;
static pid_t pid;
static bool ready;
static int64_t ready_since;
static bool proven;
static char program[PATH_MAX];
static bool stopping;
static bool asked;
static int pause_milliseconds = SHORTEST_PAUSE;
static struct timer again = {.due = start};

static void start_later(void) {
    timer_set(&again, pause_milliseconds);
    pause_milliseconds = pause_milliseconds * 2 < LONGEST_PAUSE ? pause_milliseconds * 2 : LONGEST_PAUSE;
}

/* Where execvp finds a name; false if it does not. To both an empty directory is the current one. */
static bool find_in_path(const char *name, char *found) {
    const char *rest = getenv("PATH");
    while (rest) {
        char candidate[PATH_MAX];
        int directory = (int)strcspn(rest, ":");
        const char *between = directory ? "/" : "";
        int length =
            snprintf(candidate, sizeof candidate, "%.*s%s%s", directory, rest, between, name);
        if (length < (int)sizeof candidate && access(candidate, X_OK) == 0) {
            return realpath(candidate, found) != NULL;
        }
        rest = rest[directory] ? rest + directory + 1 : NULL;
    }
    return false;
}

static bool find(const char *name, char *found) {
    return strchr(name, '/') ? realpath(name, found) != NULL : find_in_path(name, found);
}

static bool is_the_same_program(void) {
    char now[PATH_MAX];
    if (!find(arguments[0], now)) {
        program[0] = '\0';
        return false;
    }
    bool same = strcmp(program, now) == 0;
    strcpy(program, now);
    return same;
}

static void start(void) {
    bool same = is_the_same_program();
    proven = proven && same;
    ready = false;
    stopping = false;
    if (!same) {
        standby_drop();
    }
    pid = standby_take();
    if (pid) {
        say("the standby (process %d) goes on", pid);
        return;
    }
    pid = launch(arguments, proven, store_pass_on);
    if (!pid) {
        start_later();
    }
}

void command_start(char **command) {
    arguments = command;
    start();
}

pid_t command_pid(void) {
    return pid;
}

void command_is_ready(void) {
    if (!ready) {
        ready = true;
        ready_since = loop_now();
        pause_milliseconds = SHORTEST_PAUSE;
        manager_tell_ready();
        standby_plan(arguments);
    }
}

void command_is_stopping(void) {
    stopping = true;
}

static bool was_ready_for_a_second(void) {
    return ready && loop_now() - ready_since >= 1000;
}

static int code_of(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void tell_restart(pid_t ended, int status, int pause) {
    const char *how = WIFSIGNALED(status) ? "was ended by signal" : "ended with code";
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    say("%s (process %d) %s %d%s; starting it again in %d ms", arguments[0], ended, how, number,
        ready ? "" : " before it was ready", pause);
}

void command_has_ended(int status) {
    pid_t ended = pid;
    pid = 0;
    proven = was_ready_for_a_second();
    if (asked || (code_of(status) == 0 && (stopping || !ready))) {
        loop_end(code_of(status));
        return;
    }
    if (ready) {
        tell_restart(ended, status, 0);
        start();
    } else {
        tell_restart(ended, status, pause_milliseconds);
        start_later();
    }
}

void command_signal(int signal) {
    // Its number cannot be another's: nobody but us collects its status.
    if (pid) {
        kill(pid, signal);
    }
}

void command_stop(int signal) {
    asked = true;
    standby_drop();
    command_signal(signal);
    if (!pid) {
        loop_end(0);
    }
}

void command_hurry(void) {
    if (again.at) {
        say("starting %s now, for the daemon at the channel is gone", arguments[0]);
        timer_stop(&again);
        start();
    }
}
