// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "acceptor.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "channel.h"
#include "held.h"
#include "life.h"
#include "loop.h"
#include "parking.h"
#include "say.h"

#define RETRY 1000

static void receive(uint32_t events);

static struct source source = {.fd = -1, .ready = receive};
static struct timer retry = {.due = acceptor_proceed};
static const char *path;
static unsigned long full;
static unsigned long failures;

void acceptor_open(const char *where, int descriptor) {
    path = where;
    source.fd = descriptor >= 0 ? descriptor : address_bind(path, SOCK_STREAM);
    acceptor_proceed();
}

int acceptor_descriptor(void) {
    return source.fd;
}

void acceptor_proceed(void) {
    if (held_has_room()) {
        loop_watch(&source, EPOLLIN);
    } else {
        loop_forget(&source);
        if (worth_saying(&full)) {
            say("as many connections are held as there may be; others wait (%lu times so far)", full);
        }
    }
}

/* Out of descriptors, most often: trying again at once would only burn the processor. */
static void accept_later(void) {
    if (worth_saying(&failures)) {
        say_why("cannot accept a connection (%lu so far)", failures);
    }
    loop_forget(&source);
    timer_set(&retry, RETRY);
}

static void receive(uint32_t events) {
    (void)events;
    int connection = accept4(source.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
            accept_later();
        }
        return;
    }
    held_add(life_next_id(), connection, parking_begin());
    parking_proceed();
    channel_proceed();
    if (!held_has_room()) {
        acceptor_proceed();
    }
}

void acceptor_close(void) {
    unlink(path);
}
