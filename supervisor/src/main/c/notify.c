// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "channel.h"
#include "command.h"
#include "loop.h"
#include "packet.h"
#include "say.h"
#include "store.h"

struct notice {
    const char *name;
    bool store;
    bool remove;
    bool ready;
    bool stopping;
};

static void receive(uint32_t events);

static struct source source = {.fd = -1, .ready = receive};
static const char *path;
static unsigned long unheard;

void notify_open(const char *where) {
    int on = 1;
    path = where;
    source.fd = address_bind(path, SOCK_DGRAM);
    if (setsockopt(source.fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 || setenv("NOTIFY_SOCKET", path, 1) != 0) {
        give_up("cannot be notified at %s", path);
    }
    loop_watch(&source, EPOLLIN);
}

static void read_assignment(char *line, struct notice *notice) {
    if (strncmp(line, "FDNAME=", strlen("FDNAME=")) == 0) {
        notice->name = line + strlen("FDNAME=");
    }
    notice->store |= strcmp(line, "FDSTORE=1") == 0;
    notice->remove |= strcmp(line, "FDSTOREREMOVE=1") == 0;
    notice->ready |= strcmp(line, "READY=1") == 0;
    notice->stopping |= strcmp(line, "STOPPING=1") == 0;
}

static struct notice read_notice(char *text) {
    struct notice notice = {.name = "stored"};
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        read_assignment(line, &notice);
    }
    return notice;
}

static void park(struct packet *packet, const char *name) {
    for (int i = 0; i < packet->count; i++) {
        store_add(packet->descriptors[i], name);
    }
    packet->count = 0;
}

static void handle(struct packet *packet) {
    struct notice notice = read_notice(packet->text);
    if (notice.remove) {
        store_remove(notice.name);
    } else if (notice.store) {
        park(packet, notice.name);
    }
    if (packet->sender != command_pid()) {
        return;
    }
    if (notice.ready) {
        command_is_ready();
    }
    if (notice.stopping) {
        command_is_stopping();
    }
}

static bool is_heard(const struct packet *packet) {
    return packet->whole && packet->sender > 0 &&
           (packet->sender == command_pid() || packet->sender == channel_peer());
}

/* Returns false if nothing waits. */
static bool receive_one(void) {
    struct packet *packet;
    if (packet_receive(source.fd, &packet) < 0) {
        return false;
    }
    if (is_heard(packet)) {
        handle(packet);
    } else if (worth_saying(&unheard)) {
        say("not listening to process %d, which is not the command or says too much (%lu so far)", packet->sender,
            unheard);
    }
    // What is left is nobody's, or the descriptor of a barrier: closing it is the answer.
    packet_close(packet);
    return true;
}

static void receive(uint32_t events) {
    (void)events;
    receive_one();
}

void notify_drain(void) {
    // A queue is never longer; others could fill it again for ever.
    for (int i = 0; i < 4096 && receive_one(); i++) {
    }
}

void notify_close(void) {
    unlink(path);
}
