// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The connections that are held, in a table of fixed size. */

#define HELD_MOST 16384

/* What has become of a connection. Where nobody parks, it is ours from the start. */
enum held_state {
    HELD_NOT,     /* the place is free */
    HELD_NEW,     /* not yet sent to the service manager */
    HELD_SENT,    /* sent to it */
    HELD_AWAITED, /* sent to it before the barrier that is under way */
    HELD_OURS,    /* the daemon may have it */
    HELD_LEAVING, /* dropped; the service manager is still to be told */
};

struct held {
    uint64_t id;
    int descriptor;
    enum held_state state;
    bool told; /* the daemon that is connected has it */
};

/*
 * How many may be held, by what keeps them (at most HELD_MOST), and by what the daemon wants. Those that are there stay, and so
 * does what the daemon hands over.
 */
void held_most(int most);
void held_limit(int limit);

/* As many as what keeps them allows. */
int held_allowed(void);

/* Whether one more may be accepted. */
bool held_has_room(void);

/* Takes over a connection in the given state; NULL, and it is closed, if there is no place or the id is taken. */
struct held *held_add(uint64_t id, int descriptor, enum held_state state);

/* Closes a connection. It goes on to HELD_LEAVING if it may be parked; false if there is none of that id. */
bool held_drop(uint64_t id);

/* The first in a state; NULL if none is. */
struct held *held_first(enum held_state state);

/* Of those that the daemon may have and has not, the one with the smallest id; NULL if it has all. */
struct held *held_first_untold(void);

/* All in one state go on to another. */
void held_move(enum held_state from, enum held_state to);

/* A new daemon has none yet. */
void held_untell(void);

/* The place is free again. */
void held_forget(struct held *held);
