// SPDX-License-Identifier: Apache-2.0
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <time.h>

#include "say.h"

static int epoll = -1;
static struct timer *timers;
static bool ended;
static int exit_code;

void loop_open(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        give_up("cannot wait for events");
    }
}

void loop_watch(const struct source *source, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = (void *)source};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, source->fd, &event) == 0) {
        return;
    }
    if (errno != ENOENT || epoll_ctl(epoll, EPOLL_CTL_ADD, source->fd, &event) != 0) {
        say_why("cannot wait for descriptor %d", source->fd);
    }
}

void loop_forget(const struct source *source) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, source->fd, NULL);
}

int64_t loop_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool is_known(const struct timer *timer) {
    for (const struct timer *known = timers; known; known = known->next) {
        if (known == timer) {
            return true;
        }
    }
    return false;
}

void timer_set(struct timer *timer, int64_t milliseconds) {
    if (!is_known(timer)) {
        timer->next = timers;
        timers = timer;
    }
    timer->at = loop_now() + milliseconds;
}

void timer_stop(struct timer *timer) {
    timer->at = 0;
}

static void run_timers(void) {
    for (struct timer *timer = timers; timer; timer = timer->next) {
        if (timer->at && timer->at <= loop_now()) {
            timer->at = 0;
            timer->due();
        }
    }
}

static int patience(void) {
    int64_t first = 0;
    for (const struct timer *timer = timers; timer; timer = timer->next) {
        if (timer->at && (!first || timer->at < first)) {
            first = timer->at;
        }
    }
    if (!first) {
        return -1;
    }
    int64_t left = first - loop_now();
    return left > 0 ? (int)left : 0;
}

int loop_run(void) {
    while (!ended) {
        struct epoll_event event;
        if (epoll_wait(epoll, &event, 1, patience()) == 1) {
            ((const struct source *)event.data.ptr)->ready(event.events);
        }
        run_timers();
    }
    return exit_code;
}

void loop_end(int code) {
    ended = true;
    exit_code = code;
}
