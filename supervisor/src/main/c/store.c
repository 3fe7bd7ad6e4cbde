// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "packet.h"
#include "say.h"

#define FIRST 3
#define NAME_BYTES 64

/* One variable of an environment has 128 KiB at most, with its name and the NUL (MAX_ARG_STRLEN). */
#define NAMES_BYTES ((128 << 10) - (int)sizeof "LISTEN_FDNAMES=")

struct parked {
    int descriptor;
    char name[NAME_BYTES];
};

static struct parked store[STORE_MOST];
static int most;
static int count;
static int names_length; /* each with the colon after it */
static unsigned long refused;

void store_open(int wanted) {
    most = wanted;
}

int store_most(void) {
    return most;
}

static void refuse(int descriptor, const char *name, const char *reason) {
    close(descriptor);
    if (worth_saying(&refused)) {
        say("closing descriptor \"%s\": %s (%lu so far)", name, reason, refused);
    }
}

/* The colon separates names, and controls would be seen in a log. */
static bool is_name(const char *name) {
    size_t length = strlen(name);
    if (length == 0 || length >= NAME_BYTES) {
        return false;
    }
    for (const char *at = name; *at; at++) {
        if (*at == ':' || *at <= ' ' || *at > '~') {
            return false;
        }
    }
    return true;
}

void store_add(int descriptor, const char *wanted) {
    const char *name = is_name(wanted) ? wanted : "stored";
    int length = (int)strlen(name) + 1;
    if (count == most) {
        refuse(descriptor, name, "the store is full");
        return;
    }
    if (names_length + length > NAMES_BYTES) {
        refuse(descriptor, name, "the names fill LISTEN_FDNAMES");
        return;
    }
    int kept = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST + most);
    if (kept < 0) {
        refuse(descriptor, name, strerror(errno));
        return;
    }
    close(descriptor);
    store[count].descriptor = kept;
    strcpy(store[count].name, name);
    names_length += length;
    count++;
}

void store_remove(const char *name) {
    int left = 0;
    names_length = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(store[i].name, name) == 0) {
            close(store[i].descriptor);
            continue;
        }
        names_length += (int)strlen(store[i].name) + 1;
        store[left++] = store[i];
    }
    count = left;
}

void store_close(void) {
    for (int i = 0; i < count; i++) {
        address_unlink(store[i].descriptor);
    }
}

static bool set_number(const char *variable, int value) {
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    return setenv(variable, text, 1) == 0;
}

/* Each with a colon after it. */
static char *names(int first, int beyond) {
    static char text[NAMES_BYTES + 1];
    char *end = text;
    for (int i = first; i < beyond; i++) {
        end = stpcpy(end, store[i].name);
        *end++ = ':';
    }
    *end = '\0';
    return text;
}

static const char *all_names(void) {
    char *text = names(0, count);
    text[strlen(text) - 1] = '\0';
    return text;
}

bool store_pass_on(void) {
    for (int i = 0; i < count; i++) {
        // Without close-on-exec, which its original has.
        if (dup2(store[i].descriptor, FIRST + i) < 0) {
            return false;
        }
    }
    return count == 0 || (set_number("LISTEN_FDS", count) && set_number("LISTEN_PID", getpid()) &&
                          setenv("LISTEN_FDNAMES", all_names(), 1) == 0);
}

bool store_hand_over(int socket) {
    int descriptors[PACKET_DESCRIPTORS];
    for (int first = 0; first < count; first += PACKET_DESCRIPTORS) {
        int beyond = count - first > PACKET_DESCRIPTORS ? first + PACKET_DESCRIPTORS : count;
        for (int i = first; i < beyond; i++) {
            descriptors[i - first] = store[i].descriptor;
        }
        if (!packet_send_all(socket, names(first, beyond), descriptors, beyond - first)) {
            return false;
        }
    }
    return true;
}
