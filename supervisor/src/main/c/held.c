// SPDX-License-Identifier: Apache-2.0
#include "held.h"

#include <stddef.h>
#include <unistd.h>

static struct held table[HELD_MOST];
static int used;  /* places from here on have never been taken */
static int count; /* but those that leave */
static int allowed = HELD_MOST;
static int wanted = HELD_MOST;

void held_most(int most) {
    allowed = most < HELD_MOST ? most : HELD_MOST;
}

void held_limit(int limit) {
    wanted = limit;
}

int held_allowed(void) {
    return allowed;
}

bool held_has_room(void) {
    return count < allowed && count < wanted;
}

struct held *held_first(enum held_state state) {
    for (int i = 0; i < used; i++) {
        if (table[i].state == state) {
            return &table[i];
        }
    }
    return NULL;
}

struct held *held_first_untold(void) {
    struct held *first = NULL;
    for (int i = 0; i < used; i++) {
        if (table[i].state == HELD_OURS && !table[i].told && (!first || table[i].id < first->id)) {
            first = &table[i];
        }
    }
    return first;
}

static struct held *find(uint64_t id) {
    for (int i = 0; i < used; i++) {
        if (table[i].id == id && table[i].state != HELD_NOT) {
            return &table[i];
        }
    }
    return NULL;
}

static struct held *place(void) {
    struct held *left = held_first(HELD_NOT);
    if (!left && used < HELD_MOST) {
        left = &table[used++];
    }
    return left;
}

struct held *held_add(uint64_t id, int descriptor, enum held_state state) {
    struct held *held = find(id) ? NULL : place();
    if (!held) {
        close(descriptor);
        return NULL;
    }
    *held = (struct held){.id = id, .descriptor = descriptor, .state = state};
    count++;
    return held;
}

bool held_drop(uint64_t id) {
    struct held *held = find(id);
    if (!held || held->state == HELD_LEAVING) {
        return false;
    }
    close(held->descriptor);
    count--;
    held->state = held->state == HELD_NEW ? HELD_NOT : HELD_LEAVING;
    return true;
}

void held_move(enum held_state from, enum held_state to) {
    for (int i = 0; i < used; i++) {
        if (table[i].state == from) {
            table[i].state = to;
        }
    }
}

void held_untell(void) {
    for (int i = 0; i < used; i++) {
        table[i].told = false;
    }
}

void held_forget(struct held *held) {
    held->state = HELD_NOT;
}
