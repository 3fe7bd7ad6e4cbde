// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "launch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "say.h"
#include "store.h"

/* What it inherits of ours would be lies: it is not the one that was meant. */
static void set_environment(bool proven) {
    char most[16];
    snprintf(most, sizeof most, "%d", store_most());
    setenv("FDSTORE", most, 1);
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    unsetenv("SILICA_STANDBY");
    if (proven) {
        setenv("SILICA_PROVEN", "1", 1);
    } else {
        unsetenv("SILICA_PROVEN");
    }
}

static _Noreturn void become(char **arguments, bool proven, bool (*pass_on)(void)) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    set_environment(proven);
    if (pass_on()) {
        execvp(arguments[0], arguments);
    }
    say_why("cannot start %s", arguments[0]);
    _exit(127);
}

pid_t launch(char **arguments, bool proven, bool (*pass_on)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        become(arguments, proven, pass_on);
    }
    if (pid < 0) {
        say_why("cannot start %s", arguments[0]);
        return 0;
    }
    return pid;
}
