// SPDX-License-Identifier: Apache-2.0
/*
 * silica-supervise: keeps what a daemon must not lose when it dies, and starts it again.
 *
 *   loop                       waits; everything else is called by it
 *   command  store  notify     run: the daemon's life, what it parks, what it tells
 *   standby                    run: its next life, which waits
 *   holder                     both: connections of containerd that no daemon may lose
 *   signals                    what is meant for the command, and children that have ended
 *   manager                    our own service manager
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "command.h"
#include "held.h"
#include "holder.h"
#include "limits.h"
#include "loop.h"
#include "manager.h"
#include "notify.h"
#include "say.h"
#include "signals.h"
#include "standby.h"
#include "store.h"

/* What else is open: standard streams, sockets, epoll, signals, and what comes with one message. */
#define OWN_DESCRIPTORS 512

static const char usage[] =
    "silica-supervise: keeps what a daemon must not lose when it dies\n"
    "\n"
    "  silica-supervise run [OPTION...] [--] COMMAND...\n"
    "      Starts COMMAND, and again whenever it dies, and keeps the descriptors that it parks by the protocol of\n"
    "      sd_notify(3). With --dir, or --hold and --channel, it also does what hold does.\n"
    "  silica-supervise hold OPTION...\n"
    "      Accepts connections, keeps them, and gives whoever connects to the channel a copy of each. Parks them with the\n"
    "      service manager that started it.\n"
    "\n"
    "  --dir DIRECTORY    a daemon's state directory: there are task.sock, holder.sock and notify.sock\n"
    "  --hold SOCKET      where connections are accepted (DIRECTORY/task.sock)\n"
    "  --channel SOCKET   where the daemon gets them (DIRECTORY/holder.sock)\n"
    "  --limit N          how many are kept; further ones wait (4096)\n"
    "  --notify SOCKET    where COMMAND parks descriptors (DIRECTORY/notify.sock, or /run/silica-supervise.PID.sock)\n"
    "  --store N          how many (4096)\n"
    "  --standby          keep the next life of COMMAND waiting, which must know how to (SILICA_STANDBY)\n";

struct options {
    const char *directory;
    const char *notify;
    const char *hold;
    const char *channel;
    int store;
    int limit;
    bool standby;
    char **command;
};

static _Noreturn void misuse(const char *what) {
    say("%s", what);
    fputs(usage, stderr);
    exit(2);
}

static int read_number(const char *text, int most, const char *otherwise) {
    char *end;
    long number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || number < 1 || number > most) {
        misuse(otherwise);
    }
    return (int)number;
}

static void read_option(int option, struct options *options) {
    switch (option) {
        case 'd': options->directory = optarg; break;
        case 'n': options->notify = optarg; break;
        case 'h': options->hold = optarg; break;
        case 'c': options->channel = optarg; break;
        case 's': options->store = read_number(optarg, STORE_MOST, "--store is a number from 1 to 16384"); break;
        case 'l': options->limit = read_number(optarg, HELD_MOST, "--limit is a number from 1 to 16384"); break;
        case 'b': options->standby = true; break;
        default: misuse("cannot read the command line");
    }
}

static const char *in(const char *directory, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        give_up("cannot allocate memory");
    }
    return path;
}

static void name_sockets(struct options *options) {
    options->notify = options->notify ? options->notify : in(options->directory, "notify.sock");
    options->hold = options->hold ? options->hold : in(options->directory, "task.sock");
    options->channel = options->channel ? options->channel : in(options->directory, "holder.sock");
}

static struct options read_options(int count, char **words) {
    static const struct option known[] = {
        {"dir", required_argument, NULL, 'd'}, {"notify", required_argument, NULL, 'n'}, {"hold", required_argument, NULL, 'h'},
        {"channel", required_argument, NULL, 'c'}, {"store", required_argument, NULL, 's'},
        {"limit", required_argument, NULL, 'l'}, {"standby", no_argument, NULL, 'b'}, {0}};
    struct options options = {.store = 4096, .limit = 4096};
    int option;
    while ((option = getopt_long(count, words, "+", known, NULL)) != -1) {
        read_option(option, &options);
    }
    if (options.directory) {
        name_sockets(&options);
    }
    if (!options.hold != !options.channel) {
        misuse("--hold and --channel belong together");
    }
    options.command = words + optind;
    return options;
}

static void make_room(struct options *options) {
    // In a child the numbers of the store stand beside those that it passes on.
    int beside = OWN_DESCRIPTORS + (options->hold ? options->limit : 0);
    int room = limits_raise(beside + 2 * options->store);
    if (room < beside + 2 * options->store) {
        options->store = room > beside + 2 ? (room - beside) / 2 : 1;
        say("the limit of open files is %d: at most %d descriptors can be parked", room, options->store);
    }
}

static void open_notify(const char *path) {
    static char own[64];
    snprintf(own, sizeof own, "/run/silica-supervise.%d.sock", getpid());
    notify_open(path ? path : own);
}

static int run(struct options options) {
    if (!options.command[0]) {
        misuse("there is no command");
    }
    make_room(&options);
    store_open(options.store);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    manager_open();
    loop_open();
    signals_open();
    open_notify(options.notify);
    if (options.hold) {
        holder_open(options.hold, options.channel, options.limit);
    }
    if (options.standby) {
        standby_enable();
    }
    command_start(options.command);
    int code = loop_run();
    standby_close();
    notify_close();
    store_close();
    if (options.hold) {
        holder_close();
    }
    return code;
}

static int hold(struct options options) {
    if (!options.hold || options.standby || options.command[0]) {
        misuse("hold takes --dir, or --hold and --channel, and no command");
    }
    limits_raise(OWN_DESCRIPTORS + options.limit);
    manager_open();
    loop_open();
    signals_open();
    holder_resume(options.hold, options.channel, options.limit);
    int code = loop_run();
    holder_close();
    return code;
}

int main(int count, char **words) {
    const char *mode = count > 1 ? words[1] : "";
    if (strcmp(mode, "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (strcmp(mode, "run") == 0) {
        return run(read_options(count - 1, words + 1));
    }
    if (strcmp(mode, "hold") == 0) {
        return hold(read_options(count - 1, words + 1));
    }
    misuse("the first word is run or hold");
}
