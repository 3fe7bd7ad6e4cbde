// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "held.h"
#include "life.h"
#include "names.h"
#include "say.h"

#define FIRST 3

static struct inherited inherited = {.listener = -1, .channel = -1, .life = -1};

static int number_of(const char *variable) {
    const char *text = getenv(variable);
    return text ? atoi(text) : -1;
}

static bool has_option(int fd, int option, int wanted) {
    int value;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 && value == wanted;
}

static bool is_socket(int fd, int type, bool listening) {
    return has_option(fd, SO_DOMAIN, AF_UNIX) && has_option(fd, SO_TYPE, type) &&
           has_option(fd, SO_ACCEPTCONN, listening);
}

static bool take_listener(int fd, int type, int *place) {
    if (*place >= 0 || !is_socket(fd, type, true)) {
        return false;
    }
    *place = fd;
    return true;
}

static bool take_connection(int fd, const char *name) {
    char *end;
    errno = 0;
    uint64_t id = name[0] == NAME_OF_CONNECTION ? strtoull(name + 1, &end, 10) : 0;
    if (id == 0 || errno != 0 || *end != '\0' || !is_socket(fd, SOCK_STREAM, false)) {
        return false;
    }
    // Closed if there is no place for it: it is not to be closed twice.
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0 || !held_add(id, copy, HELD_OURS)) {
        return false;
    }
    close(fd);
    return true;
}

static bool take_life(int fd) {
    if (inherited.life >= 0 || !life_resume(fd)) {
        return false;
    }
    inherited.life = fd;
    return true;
}

static bool take(int fd, const char *name) {
    if (strcmp(name, NAME_OF_LISTENER) == 0) {
        return take_listener(fd, SOCK_STREAM, &inherited.listener);
    }
    if (strcmp(name, NAME_OF_CHANNEL) == 0) {
        return take_listener(fd, SOCK_SEQPACKET, &inherited.channel);
    }
    if (strcmp(name, NAME_OF_LIFE) == 0) {
        return take_life(fd);
    }
    return take_connection(fd, name);
}

static void take_all(int count, char *names) {
    for (int fd = FIRST; fd < FIRST + count; fd++) {
        const char *name = names ? strsep(&names, ":") : NULL;
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
            say_why("descriptor %d was to be kept", fd);
        } else if (!name || !take(fd, name)) {
            say("closing descriptor %d, which was kept as \"%s\" and is not known", fd, name ? name : "");
            close(fd);
        }
    }
}

struct inherited inherited_take(void) {
    if (number_of("LISTEN_PID") == getpid() && number_of("LISTEN_FDS") > 0) {
        take_all(number_of("LISTEN_FDS"), getenv("LISTEN_FDNAMES"));
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (inherited.life < 0) {
        life_begin();
    }
    return inherited;
}
