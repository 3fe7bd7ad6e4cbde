// SPDX-License-Identifier: Apache-2.0
#include "signals.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "loop.h"
#include "notify.h"
#include "say.h"
#include "standby.h"

static void receive(uint32_t events);

static struct source source = {.fd = -1, .ready = receive};

void signals_open(void) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPIPE};
    sigset_t wanted;
    sigfillset(&wanted);
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        sigdelset(&wanted, faults[i]);
    }
    // Whoever started us may ignore some, as a shell does with SIGINT for what it runs in the background: what is ignored
    // is neither received here nor by the command.
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    signal(SIGPIPE, SIG_IGN);
    // Blocked, they are not ignored even if we are process 1.
    if (sigprocmask(SIG_SETMASK, &wanted, NULL) != 0 ||
        (source.fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC)) < 0) {
        give_up("cannot receive signals");
    }
    loop_watch(&source, EPOLLIN);
}

static void collect(void) {
    pid_t ended;
    int status;
    notify_drain();
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended == command_pid()) {
            command_has_ended(status);
        } else {
            standby_may_have_ended(ended);
        }
    }
}

static void handle(const struct signalfd_siginfo *info) {
    int signal = (int)info->ssi_signo;
    // What a terminal sends has gone to its whole group, the command included.
    int ours_only = info->ssi_code != SI_KERNEL ? signal : 0;
    if (signal == SIGCHLD) {
        collect();
    } else if (signal == SIGTERM || signal == SIGINT) {
        command_stop(ours_only);
    } else {
        command_signal(ours_only);
    }
}

static void receive(uint32_t events) {
    (void)events;
    struct signalfd_siginfo info;
    while (read(source.fd, &info, sizeof info) == sizeof info) {
        handle(&info);
    }
}
