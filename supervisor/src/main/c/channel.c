// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "channel.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "acceptor.h"
#include "address.h"
#include "command.h"
#include "held.h"
#include "life.h"
#include "loop.h"
#include "packet.h"
#include "parking.h"
#include "say.h"

static void accept_daemon(uint32_t events);
static void hear_daemon(uint32_t events);

static struct source listener = {.fd = -1, .ready = accept_daemon};
static struct source daemon_end = {.fd = -1, .ready = hear_daemon};
static pid_t peer = -1;
static const char *path;
static bool greeted;
static bool most_told;
static bool all_told;
static unsigned long strangers;
static unsigned long failures;
static unsigned long garbage;

void channel_open(const char *where, int descriptor) {
    path = where;
    listener.fd = descriptor >= 0 ? descriptor : address_bind(path, SOCK_SEQPACKET);
    loop_watch(&listener, EPOLLIN);
}

int channel_descriptor(void) {
    return listener.fd;
}

pid_t channel_peer(void) {
    return peer;
}

static void disconnect(void) {
    loop_forget(&daemon_end);
    close(daemon_end.fd);
    daemon_end.fd = -1;
    peer = -1;
}

/* Returns false if it has to be said again when there is room; or if the daemon is gone, which is heard in its turn. */
static bool tell(const char *text, int descriptor) {
    if (packet_send(daemon_end.fd, text, descriptor)) {
        return true;
    }
    if (errno == EAGAIN) {
        loop_watch(&daemon_end, EPOLLIN | EPOLLOUT);
    } else if (errno != EPIPE && worth_saying(&failures)) {
        say_why("cannot tell the daemon of a connection (%lu so far)", failures);
    }
    return false;
}

static bool greet(void) {
    char text[64];
    snprintf(text, sizeof text, "HELLO 1 %s", life_instance());
    return tell(text, -1);
}

static bool tell_most(void) {
    char text[32];
    snprintf(text, sizeof text, "MOST %d", held_allowed());
    return tell(text, -1);
}

static bool tell_connections(void) {
    struct held *held;
    while ((held = held_first_untold())) {
        char text[64];
        snprintf(text, sizeof text, "CONNECTION %llu", (unsigned long long)held->id);
        if (!tell(text, held->descriptor)) {
            return false;
        }
        held->told = true;
    }
    return true;
}

void channel_proceed(void) {
    if (daemon_end.fd < 0 || !(greeted = greeted || greet()) ||
        !(most_told = most_told || tell_most()) || !tell_connections() || !(all_told = all_told || tell("ALL", -1))) {
        return;
    }
    loop_watch(&daemon_end, EPOLLIN);
}

/* The number after a word; false if there is anything else. */
static bool read_number(const char *text, const char *word, uint64_t *number) {
    size_t length = strlen(word);
    char *end;
    if (strncmp(text, word, length) != 0 || text[length] < '0' || text[length] > '9') {
        return false;
    }
    errno = 0;
    *number = strtoull(text + length, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool adopt(uint64_t id, struct packet *packet) {
    int connection = packet_take(packet);
    struct held *held = connection < 0 ? NULL : held_add(id, connection, parking_begin());
    if (!held) {
        return false;
    }
    held->told = true;
    parking_proceed();
    return true;
}

static bool drop(uint64_t id) {
    if (!held_drop(id)) {
        return false;
    }
    parking_proceed();
    acceptor_proceed();
    return true;
}

static bool handle(struct packet *packet) {
    uint64_t number;
    if (read_number(packet->text, "DROP ", &number)) {
        return drop(number);
    }
    if (read_number(packet->text, "CONNECTION ", &number)) {
        return adopt(number, packet);
    }
    if (read_number(packet->text, "LIMIT ", &number)) {
        held_limit(number < INT_MAX ? (int)number : INT_MAX);
        acceptor_proceed();
        return true;
    }
    return false;
}

/* Returns false at the end. */
static bool hear_one(void) {
    struct packet *packet;
    ssize_t length = packet_receive(daemon_end.fd, &packet);
    if (length <= 0) {
        // An error is told once, and what was sent before it comes after it.
        return length < 0;
    }
    if ((!packet->whole || !handle(packet)) && worth_saying(&garbage)) {
        say("a message of the daemon makes no sense (%lu so far)", garbage);
    }
    packet_close(packet);
    return true;
}

static void hear_daemon(uint32_t events) {
    (void)events;
    if (hear_one()) {
        channel_proceed();
        return;
    }
    disconnect();
    // A daemon that another supervisor had started has kept ours waiting.
    command_hurry();
}

/* What it has handed over counts, even if it is gone by now; more it cannot say. */
static void replace_daemon(void) {
    shutdown(daemon_end.fd, SHUT_RD);
    while (hear_one()) {
    }
    disconnect();
}

static void accept_daemon(uint32_t events) {
    (void)events;
    int connection = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
        return;
    }
    if (!address_is_ours(connection)) {
        close(connection);
        if (worth_saying(&strangers)) {
            say("refusing the channel to a stranger (%lu so far)", strangers);
        }
        return;
    }
    if (daemon_end.fd >= 0) {
        replace_daemon();
    }
    daemon_end.fd = connection;
    peer = address_peer(connection);
    greeted = false;
    most_told = false;
    all_told = false;
    held_untell();
    loop_watch(&daemon_end, EPOLLIN);
    channel_proceed();
}

void channel_close(void) {
    unlink(path);
}
