// SPDX-License-Identifier: Apache-2.0
#include "holder.h"

#include <unistd.h>

#include "acceptor.h"
#include "address.h"
#include "channel.h"
#include "held.h"
#include "inherited.h"
#include "life.h"
#include "manager.h"
#include "names.h"
#include "parking.h"
#include "say.h"

/* The two listeners, and the memory of our life. */
#define KEPT_BESIDE 3

void holder_open(const char *listener, const char *channel, int limit) {
    life_begin();
    held_most(limit);
    acceptor_open(listener, -1);
    channel_open(channel, -1);
}

/* Beyond what the service manager keeps it would close without a word. */
static int kept_limit(int limit) {
    int most = manager_most() - KEPT_BESIDE;
    if (manager_most() < 0 || most >= limit) {
        return limit;
    }
    say("the service manager keeps %d descriptors for us: at most %d connections are held", manager_most(), most);
    return most > 0 ? most : 0;
}

/* A listener whose file somebody has removed reaches nobody. */
static int still_reached(int descriptor, const char *path, const char *name) {
    if (descriptor < 0 || address_exists(path)) {
        return descriptor;
    }
    say("the socket %s is gone; listening anew", path);
    parking_leave(name);
    close(descriptor);
    return -1;
}

static void park(int kept, const char *name, int descriptor) {
    if (kept < 0) {
        parking_keep(name, descriptor);
    }
}

void holder_resume(const char *listener, const char *channel, int limit) {
    struct inherited kept = inherited_take();
    parking_open();
    kept.listener = still_reached(kept.listener, listener, NAME_OF_LISTENER);
    kept.channel = still_reached(kept.channel, channel, NAME_OF_CHANNEL);
    held_most(kept_limit(limit));
    acceptor_open(listener, kept.listener);
    channel_open(channel, kept.channel);
    park(kept.life, NAME_OF_LIFE, life_descriptor());
    park(kept.listener, NAME_OF_LISTENER, acceptor_descriptor());
    park(kept.channel, NAME_OF_CHANNEL, channel_descriptor());
    manager_tell_ready();
}

void holder_close(void) {
    if (!parking_is_open()) {
        acceptor_close();
        channel_close();
    }
}
