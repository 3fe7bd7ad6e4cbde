// SPDX-License-Identifier: Apache-2.0
#include "manager.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "loop.h"
#include "packet.h"
#include "say.h"

#define PATIENCE 5000

static void has_room(uint32_t events);

static struct source source = {.fd = -1, .ready = has_room};
static const char *name;
static void (*waiting)(void);
static int most = -1;
static unsigned long failures;

void manager_open(void) {
    const char *store = getenv("FDSTORE");
    name = getenv("NOTIFY_SOCKET");
    if (name && (source.fd = address_connect(name, SOCK_DGRAM)) < 0) {
        say_why("cannot reach the service manager at %s", name);
    }
    if (store) {
        most = atoi(store);
    }
    // The name stays where it is in memory: environ's strings are not freed.
    unsetenv("NOTIFY_SOCKET");
    unsetenv("FDSTORE");
}

bool manager_is_there(void) {
    return source.fd >= 0;
}

int manager_most(void) {
    return most;
}

/* It may have been replaced, and its socket with it. */
static bool reconnect(void) {
    int fd = errno == ECONNREFUSED ? address_connect(name, SOCK_DGRAM) : -1;
    if (fd < 0) {
        return false;
    }
    close(source.fd);
    source.fd = fd;
    return true;
}

bool manager_tell(const char *text, int descriptor) {
    if (!manager_is_there() || packet_send(source.fd, text, descriptor) ||
        (reconnect() && packet_send(source.fd, text, descriptor))) {
        return true;
    }
    if (errno == EAGAIN) {
        return false;
    }
    if (worth_saying(&failures)) {
        say_why("cannot notify the service manager (%lu so far)", failures);
    }
    return true;
}

void manager_insist(const char *text, int descriptor) {
    struct pollfd room = {.fd = source.fd, .events = POLLOUT};
    while (!manager_tell(text, descriptor)) {
        if (poll(&room, 1, PATIENCE) == 0) {
            say("the service manager does not read what it is told");
            return;
        }
    }
}

void manager_tell_ready(void) {
    static bool told;
    if (!told) {
        told = true;
        manager_insist("READY=1", -1);
    }
}

void manager_watch(void (*writable)(void)) {
    waiting = writable;
    loop_watch(&source, EPOLLOUT);
}

static void has_room(uint32_t events) {
    (void)events;
    loop_forget(&source);
    if (waiting) {
        waiting();
    }
}
