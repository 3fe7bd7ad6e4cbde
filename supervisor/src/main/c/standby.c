// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "standby.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "launch.h"
#include "loop.h"
#include "packet.h"
#include "say.h"
#include "store.h"

#define NUMBER 3

/* Time enough for the command to do what it does once it is ready. */
#define SOON 1000

/* One that ended by itself was not needed badly enough for another at once: memory may be short. */
#define LATER 60000

/* It has nothing to do but to answer. A start from the beginning takes less than this. */
#define PATIENCE 500

/* For 16,384 parked descriptors in one go. */
#define ROOM (4 << 20)

static void start(void);
static void hear(uint32_t events);
static void lose_patience(void);

static bool enabled;
static char **arguments;
static pid_t pid;
static bool rehearsed;
static int its_end;
static struct source source = {.fd = -1, .ready = hear};
static struct timer soon = {.due = start};
static struct timer answer = {.due = lose_patience};

void standby_enable(void) {
    enabled = true;
}

void standby_plan(char **command) {
    arguments = command;
    if (enabled && !pid) {
        timer_set(&soon, SOON);
    }
}

static bool pass_on(void) {
    // Without close-on-exec, which the original has.
    bool passed = its_end == NUMBER ? fcntl(NUMBER, F_SETFD, 0) == 0 : dup2(its_end, NUMBER) == NUMBER;
    return passed && setenv("SILICA_STANDBY", "3", 1) == 0;
}

static void hang_up(void) {
    if (source.fd >= 0) {
        loop_forget(&source);
        close(source.fd);
        source.fd = -1;
    }
}

static bool open_socket(void) {
    int ends[2];
    int room = ROOM;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        say_why("cannot start a standby");
        return false;
    }
    hang_up();
    source.fd = ends[0];
    its_end = ends[1];
    if (setsockopt(source.fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) != 0) {
        setsockopt(source.fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    }
    loop_watch(&source, EPOLLIN);
    return true;
}

static void start(void) {
    if (pid || !open_socket()) {
        return;
    }
    rehearsed = false;
    pid = launch(arguments, true, pass_on);
    close(its_end);
    if (!pid) {
        hang_up();
        timer_set(&soon, LATER);
    }
}

static void hear(uint32_t events) {
    (void)events;
    struct packet *packet;
    if (packet_receive(source.fd, &packet) <= 0) {
        // Its process ends, too, or has.
        timer_stop(&answer);
        hang_up();
        return;
    }
    packet_close(packet);
    if (strcmp(packet->text, "rehearsed") == 0) {
        rehearsed = true;
        say("the standby (process %d) waits", pid);
    } else if (strcmp(packet->text, "going") == 0) {
        timer_stop(&answer);
        hang_up();
    }
}

static void lose_patience(void) {
    say("the standby (process %d) does not take its turn; killing it", command_pid());
    hang_up();
    command_signal(SIGKILL);
}

pid_t standby_take(void) {
    timer_stop(&soon);
    if (!pid || !rehearsed || source.fd < 0 || !store_hand_over(source.fd) || !packet_send(source.fd, "go", -1)) {
        standby_drop();
        return 0;
    }
    pid_t taken = pid;
    pid = 0;
    timer_set(&answer, PATIENCE);
    return taken;
}

void standby_drop(void) {
    timer_stop(&soon);
    if (pid) {
        kill(pid, SIGKILL);
        pid = 0;
        hang_up();
    }
}

void standby_may_have_ended(pid_t ended) {
    if (pid && ended == pid) {
        say("the standby (process %d) has ended; starting another in %d s", ended, LATER / 1000);
        pid = 0;
        hang_up();
        timer_set(&soon, LATER);
    }
}

void standby_close(void) {
    pid_t last = pid;
    standby_drop();
    if (last) {
        waitpid(last, NULL, 0);
    }
}
