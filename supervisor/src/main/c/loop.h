// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/*
 * The one loop of this process. It hands out one event at a time: what an event closes cannot have another event
 * waiting. Nothing that it calls blocks.
 */

/* Something with a descriptor; it must stay where it is while it is watched. */
struct source {
    int fd;
    void (*ready)(uint32_t events);
};

/* Calls once, some time from now; zero it but for what is due. */
struct timer {
    void (*due)(void);
    int64_t at; /* 0 is never */
    struct timer *next;
};

/* Milliseconds of a clock that is never set. */
int64_t loop_now(void);

void loop_open(void);

/* Begins to watch for events of epoll(7), level triggered, or changes what is watched for. */
void loop_watch(const struct source *source, uint32_t events);

/* Ends it; before the descriptor is closed. */
void loop_forget(const struct source *source);

/* Calls after so many milliseconds, in place of what was set before. */
void timer_set(struct timer *timer, int64_t milliseconds);

void timer_stop(struct timer *timer);

/* Returns the code that it was ended with. */
int loop_run(void);

void loop_end(int code);
