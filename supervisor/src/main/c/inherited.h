// SPDX-License-Identifier: Apache-2.0
#pragma once

/* What our service manager kept for us (sd_listen_fds(3)), which holds the table of connections among it. */

struct inherited {
    int listener; /* each -1 if it was not kept */
    int channel;
    int life;
};

/*
 * Takes back what was kept: listeners, connections, and the memory of our last life, which is begun anew if it is not
 * there. What nobody knows is closed and told.
 */
struct inherited inherited_take(void);
