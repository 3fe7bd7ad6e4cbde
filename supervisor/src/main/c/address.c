// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "say.h"

/* A containerd that comes back dials one connection for each container at once. */
#define BACKLOG 4096

#define FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

/* The length that the kernel is to be told; 0 with errno if the name does not fit. */
static socklen_t encode(const char *name, struct sockaddr_un *address) {
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return 0;
    }
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, name, length + 1);
    if (name[0] == '@') {
        address->sun_path[0] = '\0';
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    }
    return sizeof *address;
}

int address_connect(const char *name, int type) {
    struct sockaddr_un address = {0};
    socklen_t length = encode(name, &address);
    int fd = length ? socket(AF_UNIX, type | FLAGS, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, length) != 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

bool address_exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* As mkdir -p, where the innermost directory is the owner's alone. */
static void make_directory_of(const char *path) {
    char directory[sizeof((struct sockaddr_un *)0)->sun_path];
    snprintf(directory, sizeof directory, "%s", path);
    char *last = strrchr(directory, '/');
    if (!last || last == directory) {
        return;
    }
    *last = '\0';
    mode_t before = umask(0);
    for (char *slash = strchr(directory + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(directory, 0755);
        *slash = '/';
    }
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        give_up("cannot make the directory %s", directory);
    }
    umask(before);
}

static void remove_abandoned(const char *path, int type) {
    int connection = address_connect(path, type);
    if (connection >= 0 || errno == EAGAIN) {
        errno = 0;
        give_up("cannot listen on %s: another process does; stop it first", path);
    }
    if (errno == ECONNREFUSED && address_exists(path)) {
        unlink(path);
    }
}

int address_bind(const char *path, int type) {
    struct sockaddr_un address = {0};
    socklen_t length = encode(path, &address);
    if (!length || path[0] == '@') {
        give_up("cannot listen on %s", path);
    }
    make_directory_of(path);
    remove_abandoned(path, type);
    int fd = socket(AF_UNIX, type | FLAGS, 0);
    mode_t before = umask(0177);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 ||
        (type != SOCK_DGRAM && listen(fd, BACKLOG) != 0)) {
        give_up("cannot listen on %s", path);
    }
    umask(before);
    return fd;
}

void address_unlink(int descriptor) {
    struct sockaddr_un address = {0};
    socklen_t length = sizeof address - 1;
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens &&
        getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 && address.sun_family == AF_UNIX &&
        address.sun_path[0] == '/') {
        unlink(address.sun_path);
    }
}

static struct ucred peer_of(int connection) {
    struct ucred peer = {.pid = 0, .uid = (uid_t)-1};
    socklen_t length = sizeof peer;
    getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length);
    return peer;
}

bool address_is_ours(int connection) {
    struct ucred peer = peer_of(connection);
    return peer.uid == 0 || peer.uid == geteuid();
}

int address_peer(int connection) {
    return peer_of(connection).pid;
}
