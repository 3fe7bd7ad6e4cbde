// SPDX-License-Identifier: Apache-2.0

// The first program of the guest: from the initramfs to the agent, which becomes process 1.
//
// It loads the modules that it finds in /modules, in the order of /modules/order; mounts what a Linux has mounted, and the
// first virtio disk as the root; and becomes the Java runtime with the agent. Nothing goes on if anything fails: the kernel
// panics when process 1 ends, and the machine with it.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char root_device[] = "/dev/vda";
static const char root[] = "/root";
static const char classes_device[] = "/dev/vdb";
static const char classes_serial[] = "/sys/block/vdb/serial";
static const char classes[] = "/usr/lib/silica/classes";
static const char java[] = "/usr/lib/silica/runtime/bin/java";

enum { device_patience_ms = 10000, line_max = 256, command_line_max = 4096 };

static void fail(const char *format, ...) {
    int reason = errno;
    va_list arguments;
    va_start(arguments, format);
    fputs("silica stage 1: ", stderr);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, ": %s\n", strerror(reason));
    va_end(arguments);
    exit(1);
}

static void mount_or_fail(const char *type, const char *target, unsigned long flags, const char *options) {
    if (mount(type, target, type, flags, options) != 0) {
        fail("cannot mount %s on %s", type, target);
    }
}

// The kernel opened no console for us if the initramfs has none; from here on there is one.
static void open_console(void) {
    int console = open("/dev/console", O_RDWR | O_NOCTTY);
    if (console < 0) {
        return;
    }
    for (int n = 0; n <= 2; n++) {
        dup2(console, n);
    }
    if (console > 2) {
        close(console);
    }
}

static void load_module(const char *name) {
    char path[line_max + sizeof "/modules/"];
    snprintf(path, sizeof path, "/modules/%s", name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        fail("cannot open %s", path);
    }
    if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) {
        fail("cannot load the module %s", name);
    }
    close(file);
    // An initramfs is memory.
    unlink(path);
}

static void load_modules(void) {
    char line[line_max];
    FILE *order = fopen("/modules/order", "re");
    if (order == NULL) {
        fail("cannot open /modules/order");
    }
    while (fgets(line, sizeof line, order) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0') {
            load_module(line);
        }
    }
    fclose(order);
}

// A disk appears when the kernel has looked at its bus, which need not be before its module is loaded.
static void mount_root(void) {
    const struct timespec millisecond = {.tv_nsec = 1000000};
    for (int waited = 0; access(root_device, F_OK) != 0; waited++) {
        if (waited == device_patience_ms) {
            fail("there is no root disk %s", root_device);
        }
        nanosleep(&millisecond, NULL);
    }
    if (mount(root_device, root, "erofs", MS_RDONLY | MS_NODEV, NULL) != 0) {
        fail("cannot mount %s", root_device);
    }
}

static void move_mount_or_fail(const char *from) {
    char to[line_max];
    snprintf(to, sizeof to, "%s%s", root, from);
    if (mount(from, to, NULL, MS_MOVE, NULL) != 0) {
        fail("cannot move %s", from);
    }
}

static void switch_root(void) {
    move_mount_or_fail("/dev");
    move_mount_or_fail("/proc");
    move_mount_or_fail("/sys");
    unlink("/modules/order");
    unlink("/init");
    if (chdir(root) != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0) {
        fail("cannot make %s the root", root_device);
    }
}

static void mount_rest(void) {
    const unsigned long safe = MS_NOSUID | MS_NODEV;
    mount_or_fail("tmpfs", "/run", safe, "mode=0755");
    mount_or_fail("tmpfs", "/tmp", safe | MS_NOEXEC, "mode=1777,size=8m");
    mount_or_fail("cgroup2", "/sys/fs/cgroup", safe | MS_NOEXEC, NULL);
    if (mkdir("/dev/pts", 0755) != 0 || mkdir("/dev/shm", 0755) != 0 || mkdir("/dev/mqueue", 0755) != 0) {
        fail("cannot make a directory in /dev");
    }
    mount_or_fail("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_or_fail("mqueue", "/dev/mqueue", safe | MS_NOEXEC, NULL);
    mount_or_fail("tmpfs", "/dev/shm", safe | MS_NOEXEC, "mode=1777");
    if (symlink("/proc/self/fd", "/dev/fd") != 0 && errno != EEXIST) {
        fail("cannot make /dev/fd");
    }
}

// Whether the second disk is that of the classes: a pod could have others.
static bool has_classes(void) {
    char serial[line_max] = "";
    FILE *file = fopen(classes_serial, "re");
    if (file == NULL) {
        return false;
    }
    bool read = fgets(serial, sizeof serial, file) != NULL;
    fclose(file);
    serial[strcspn(serial, "\n")] = '\0';
    return read && strcmp(serial, "silica-classes") == 0;
}

// The archive of classes is worth half of the agent's start, and nothing goes wrong without.
static void mount_classes(void) {
    if (has_classes() && mount(classes_device, classes, "erofs", MS_RDONLY | MS_NODEV | MS_NOSUID, NULL) != 0) {
        fail("cannot mount %s", classes_device);
    }
}

// Whether a word is on the kernel's command line.
static bool is_told(const char *wanted) {
    char line[command_line_max] = "";
    FILE *file = fopen("/proc/cmdline", "re");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        fail("cannot read the kernel's command line");
    }
    fclose(file);
    for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (strcmp(word, wanted) == 0) {
            return true;
        }
    }
    return false;
}

// The host wants to know no more than whether a guest gets as far as this.
static void answer_probe(void) {
    fputs("silica stage 1: up\n", stderr);
    reboot(RB_POWER_OFF);
    fail("cannot power off");
}

int main(void) {
    mount_or_fail("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
    open_console();
    mount_or_fail("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_or_fail("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    load_modules();
    if (is_told("silica.probe")) {
        answer_probe();
    }
    mount_root();
    switch_root();
    mount_rest();
    mount_classes();
    char *const arguments[] = {
        (char *)java,
        "@/usr/lib/silica/jvm-common",
        // Compiling costs more than it gives where the processor is emulated.
        is_told("silica.cpu=emulated") ? "@/usr/lib/silica/jvm-emulated" : "@/usr/lib/silica/jvm-native",
        "io.silica.agent.Main",
        NULL,
    };
    char *const environment[] = {"PATH=/usr/bin", "LANG=C.UTF-8", NULL};
    execve(java, arguments, environment);
    fail("cannot become %s", java);
}
