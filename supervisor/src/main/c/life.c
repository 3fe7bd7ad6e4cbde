// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "life.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

#define FORM "silica-holder-1"

/* An instance gives away fewer than 256 ids for each millisecond of its life. */
#define IDS_OF_A_MILLISECOND 256

struct life {
    char form[sizeof FORM];
    char instance[33];
    uint64_t last_id;
};

static struct life *life;
static int descriptor = -1;

static bool map(int fd) {
    void *memory = mmap(NULL, sizeof *life, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    life = memory;
    descriptor = fd;
    return true;
}

static void name_instance(void) {
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != sizeof random) {
        give_up("cannot make up a name");
    }
    snprintf(life->instance, sizeof life->instance, "%016llx%016llx", (unsigned long long)random[0],
             (unsigned long long)random[1]);
}

static uint64_t milliseconds_since_boot(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void life_begin(void) {
    int fd = memfd_create("silica-holder", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, sizeof *life) != 0 || !map(fd)) {
        give_up("cannot allocate memory");
    }
    memcpy(life->form, FORM, sizeof FORM);
    name_instance();
    life->last_id = milliseconds_since_boot() * IDS_OF_A_MILLISECOND;
}

static bool is_valid(void) {
    return memcmp(life->form, FORM, sizeof FORM) == 0 && strspn(life->instance, "0123456789abcdef") == 32 &&
           life->instance[32] == '\0';
}

bool life_resume(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != sizeof *life || !map(fd)) {
        return false;
    }
    if (is_valid()) {
        return true;
    }
    munmap(life, sizeof *life);
    descriptor = -1;
    return false;
}

int life_descriptor(void) {
    return descriptor;
}

const char *life_instance(void) {
    return life->instance;
}

uint64_t life_next_id(void) {
    return ++life->last_id;
}
