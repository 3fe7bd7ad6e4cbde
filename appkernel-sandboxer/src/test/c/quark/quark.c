// SPDX-License-Identifier: Apache-2.0
// Stands in for Quark in the tests. It takes the arguments that Quark takes, checks all that it is given, and serves
// the task service by plain processes, in namespaces of its own as Quark is. It shows that our side does what Quark's
// sources want of it, and nothing of Quark itself.
//
//   QUARK_COMPLAINTS   the file that it writes to what is not as it should be
//   QUARK_FAULT        what goes wrong: exit, hang, no-pid, no-number, strange-pid, death, silent, garbage, killed
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "tasks.h"

enum { MOST_CONNECTIONS = 64, PATH_LENGTH = 512 };

static int complaints = -1;

void complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vdprintf(complaints, format, arguments);
    va_end(arguments);
    dprintf(complaints, "\n");
}

static void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void give_up(const char *format, ...) {
    char words[PATH_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    complain("%s: %s", words, strerror(errno));
    exit(2);
}

static int has_fault(const char *name) {
    const char *fault = getenv("QUARK_FAULT");
    return fault && !strcmp(fault, name);
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), rest = strlen(end);
    return length >= rest && !strcmp(text + length - rest, end);
}

static void check_arguments(int argc, char **argv) {
    static const char *names[] = {"-r", NULL, "sandbox", "--task-socket", NULL, "--id", NULL, "--pid-file", NULL};
    if (argc != 10) {
        give_up("%d arguments", argc);
    }
    for (int i = 0; i < 9; i++) {
        if (names[i] && strcmp(names[i], argv[i + 1])) {
            give_up("argument %s instead of %s", argv[i + 1], names[i]);
        }
    }
}

// The places are what the sandbox's directory is called, and what is beside it.
static void check_places(const char *root, const char *socket, const char *pid_file) {
    char here[PATH_LENGTH], wanted[PATH_LENGTH];
    if (!getcwd(here, sizeof here) || strcmp(here, root) || !ends_with(root, "/sandbox")) {
        give_up("started in %s for %s", here, root);
    }
    int base = (int)(strlen(root) - strlen("/sandbox"));
    snprintf(wanted, sizeof wanted, "%.*s/quark-task.sock", base, root);
    if (strcmp(socket, wanted) || !access(socket, F_OK)) {
        give_up("socket %s", socket);
    }
    snprintf(wanted, sizeof wanted, "%.*s/pid", base, root);
    if (strcmp(pid_file, wanted) || !access(pid_file, F_OK)) {
        give_up("pid file %s", pid_file);
    }
}

// Gives the path of its network namespace; NULL for the host's.
static const char *check_spec(void) {
    const struct json *spec = json_load("config.json");
    const struct json *root = json_get(spec, "root"), *linux_ = json_get(spec, "linux");
    struct stat status;
    if (!spec || strcmp(json_text(json_get(root, "path"), ""), "rootfs") || !json_get(root, "readonly") ||
        json_get(root, "readonly")->type != JSON_FALSE || !json_get(spec, "process") || !json_get(linux_, "resources")) {
        give_up("the specification of the sandbox");
    }
    if (stat("rootfs/dev", &status) || !S_ISDIR(status.st_mode)) {
        give_up("rootfs/dev");
    }
    const struct json *namespaces = json_get(linux_, "namespaces");
    if (!namespaces || json_size(namespaces) > 1) {
        give_up("the namespaces of the sandbox");
    }
    const struct json *network = namespaces->first;
    if (network && strcmp(json_text(json_get(network, "type"), ""), "network")) {
        give_up("a namespace that is no network");
    }
    return network ? json_text(json_get(network, "path"), "") : NULL;
}

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) {
        give_up("bind %s", path);
    }
    return listener;
}

// As Quark does: some of it is seen by the host and is its to take away, some is our own.
static void enter(const char *root, const char *network) {
    if (network) {
        int namespace = open(network, O_RDONLY | O_CLOEXEC);
        if (setns(namespace, CLONE_NEWNET)) {
            give_up("network %s", network);
        }
        close(namespace);
    }
    char dev[PATH_LENGTH];
    snprintf(dev, sizeof dev, "%s/dev", root);
    if (mount(root, root, NULL, MS_BIND, NULL) || mkdir(dev, 0755) || mount("none", dev, "tmpfs", 0, "size=1m")) {
        give_up("mounts in %s", root);
    }
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL)) {
        give_up("a mount namespace");
    }
    if (chdir(root) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/")) {
        give_up("a root at %s", root);
    }
}

// A frame of a length that can be, and nothing in it that can be.
static void babble(struct caller caller) {
    uint8_t junk[] = {0, 0, 0, 7, 0, 0, 0, (uint8_t)caller.stream, 2, 0, 255, 255, 255, 255, 255, 255, 255};
    (void)!send(caller.socket, junk, sizeof junk, MSG_NOSIGNAL);
}

static void answer(struct pollfd *connection) {
    struct message call, request;
    struct caller caller = {.socket = connection->fd};
    if (!request_read(caller.socket, &caller.stream, &call)) {
        tasks_forget(caller.socket);
        close(caller.socket);
        connection->fd = -1;
        return;
    }
    if (has_fault("garbage")) {
        babble(caller);
        return;
    }
    if (strcmp(message_text(&call, 1), "containerd.task.v2.Task") ||
        !message_parse((const uint8_t *)message_text(&call, 3), call.length[3], &request)) {
        complain("a call of %s", message_text(&call, 1));
        reply(caller, UNIMPLEMENTED, "no such service", NULL);
        return;
    }
    tasks_answer(caller, message_text(&call, 2), &request);
}

static void accept_one(int listener, struct pollfd *connections) {
    int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    for (int i = 0; i < MOST_CONNECTIONS; i++) {
        if (connections[i].fd < 0) {
            connections[i].fd = socket;
            return;
        }
    }
    close(socket);
}

static void serve(int listener) {
    struct pollfd polled[2 + MOST_CONNECTIONS];
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    for (int i = 0; i < 2 + MOST_CONNECTIONS; i++) {
        polled[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    }
    polled[0].fd = listener;
    polled[1].fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    while (poll(polled, 2 + MOST_CONNECTIONS, -1) >= 0) {
        struct signalfd_siginfo info;
        if (polled[1].revents && read(polled[1].fd, &info, sizeof info) > 0) {
            tasks_collect();
        }
        for (int i = 2; i < 2 + MOST_CONNECTIONS; i++) {
            if (polled[i].fd >= 0 && polled[i].revents) {
                answer(&polled[i]);
            }
        }
        if (polled[0].revents) {
            accept_one(listener, polled + 2);
        }
    }
}

static void be_sandbox(char **argv, const char *network, int ready) {
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    int listener = listen_at(argv[5]);
    enter(argv[2], network);
    (void)!write(ready, "", 1);
    close(ready);
    if (has_fault("death")) {
        _exit(3);
    }
    while (has_fault("silent")) {
        pause();
    }
    tasks_begin(argv[7], nothing, has_fault("killed"));
    serve(listener);
}

// It ends in a decimal, and nobody but root can read it.
static void write_pid(const char *path, pid_t pid) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0);
    if (has_fault("no-number")) {
        dprintf(file, "soon");
    } else {
        dprintf(file, "%d", has_fault("strange-pid") ? 1 : pid);
    }
    close(file);
}

int main(int argc, char **argv) {
    const char *path = getenv("QUARK_COMPLAINTS");
    complaints = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    check_arguments(argc, argv);
    check_places(argv[2], argv[5], argv[9]);
    const char *network = check_spec();
    if (has_fault("exit")) {
        return 1;
    }
    while (has_fault("hang")) {
        pause();
    }
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) || unshare(CLONE_NEWPID)) {
        give_up("a pid namespace");
    }
    pid_t pid = fork();
    if (!pid) {
        close(ready[0]);
        be_sandbox(argv, network, ready[1]);
        return 0;
    }
    close(ready[1]);
    char byte;
    if (pid < 0 || read(ready[0], &byte, 1) != 1) {
        return 4;
    }
    if (!has_fault("no-pid")) {
        write_pid(argv[9], pid);
    }
    siginfo_t ended;
    if (has_fault("death")) {
        waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT);
    }
    return 0;
}
