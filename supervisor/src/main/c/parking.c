// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "parking.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "channel.h"
#include "loop.h"
#include "manager.h"
#include "names.h"
#include "say.h"

/* How long the service manager may take before connections are passed on all the same. */
#define PATIENCE 5000

static void barrier_is_through(uint32_t events);
static void barrier_is_late(void);

static struct source barrier = {.fd = -1, .ready = barrier_is_through};
static struct timer late = {.due = barrier_is_late};

static bool is_open;

void parking_open(void) {
    is_open = manager_is_there();
}

bool parking_is_open(void) {
    return is_open;
}

enum held_state parking_begin(void) {
    return is_open ? HELD_NEW : HELD_OURS;
}

static bool send_for(const char *what, const char *name, int descriptor) {
    char text[128];
    snprintf(text, sizeof text, "%s\nFDNAME=%s", what, name);
    return manager_tell(text, descriptor);
}

static bool send_for_connection(const char *what, const struct held *held, int descriptor) {
    char name[24];
    snprintf(name, sizeof name, "%c%llu", NAME_OF_CONNECTION, (unsigned long long)held->id);
    return send_for(what, name, descriptor);
}

void parking_keep(const char *name, int descriptor) {
    char text[128];
    snprintf(text, sizeof text, "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
    manager_insist(text, descriptor);
}

void parking_leave(const char *name) {
    char text[128];
    snprintf(text, sizeof text, "FDSTOREREMOVE=1\nFDNAME=%s", name);
    manager_insist(text, -1);
}

/* Each returns false if the service manager takes no more for now. */

static bool send_new(void) {
    struct held *held;
    while ((held = held_first(HELD_NEW))) {
        if (!send_for_connection("FDSTORE=1\nFDPOLL=0", held, held->descriptor)) {
            return false;
        }
        held->state = HELD_SENT;
    }
    return true;
}

static bool send_leaving(void) {
    struct held *held;
    while ((held = held_first(HELD_LEAVING))) {
        if (is_open && !send_for_connection("FDSTOREREMOVE=1", held, -1)) {
            return false;
        }
        held_forget(held);
    }
    return true;
}

/* The service manager closes its end when it has come so far, and we hear that at ours. */
static bool send_barrier(void) {
    int ends[2];
    if (barrier.fd >= 0 || !held_first(HELD_SENT)) {
        return true;
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        say_why("cannot wait for the service manager");
        held_move(HELD_SENT, HELD_OURS);
        channel_proceed();
        return true;
    }
    bool sent = manager_tell("BARRIER=1", ends[1]);
    close(ends[1]);
    if (!sent) {
        close(ends[0]);
        return false;
    }
    barrier.fd = ends[0];
    held_move(HELD_SENT, HELD_AWAITED);
    loop_watch(&barrier, EPOLLIN);
    timer_set(&late, PATIENCE);
    return true;
}

void parking_proceed(void) {
    if (!send_new() || !send_leaving() || !send_barrier()) {
        manager_watch(parking_proceed);
    }
}

static void pass_on(void) {
    timer_stop(&late);
    loop_forget(&barrier);
    close(barrier.fd);
    barrier.fd = -1;
    held_move(HELD_AWAITED, HELD_OURS);
    channel_proceed();
    parking_proceed();
}

static void barrier_is_through(uint32_t events) {
    (void)events;
    pass_on();
}

static void barrier_is_late(void) {
    say("the service manager does not answer; connections are passed on without knowing that they are parked");
    pass_on();
}
