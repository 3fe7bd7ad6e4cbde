// SPDX-License-Identifier: Apache-2.0
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "json.h"

enum { MOST_TASKS = 128, MOST_WAITS = 256, MOST_WORDS = 64, PATH_LENGTH = 512, PID_OF_ALL = 123 };

// As containerd numbers them.
enum status { NONE, CREATED, RUNNING, STOPPED };

struct task {
    char id[128], exec[128];
    enum status status;
    pid_t pid;
    unsigned code;
    struct timespec at;
    char streams[3][PATH_LENGTH];
    const struct json *process;
};

static struct task tasks[MOST_TASKS];

static struct {
    struct caller caller;
    struct task *task;
} waits[MOST_WAITS];

static const char *sandbox;
static int nothing, says_killed;

void tasks_begin(const char *id, int dev_null, int killed) {
    sandbox = id;
    nothing = dev_null;
    says_killed = killed;
}

static struct task *find(const char *id, const char *exec) {
    for (struct task *it = tasks; it < tasks + MOST_TASKS; it++) {
        if (it->status != NONE && !strcmp(it->id, id) && !strcmp(it->exec, exec)) {
            return it;
        }
    }
    return NULL;
}

static struct task *make(const char *id, const char *exec) {
    for (struct task *it = tasks; it < tasks + MOST_TASKS; it++) {
        if (it->status == NONE) {
            *it = (struct task){.status = CREATED};
            snprintf(it->id, sizeof it->id, "%s", id);
            snprintf(it->exec, sizeof it->exec, "%s", exec);
            return it;
        }
    }
    abort();
}

static void check_stream(struct task *task, int number, const char *path) {
    static const char *names[] = {"stdin", "stdout", "stderr"};
    char wanted[PATH_LENGTH];
    struct stat status;
    snprintf(wanted, sizeof wanted, "/%s/%s%s%s", task->id, task->exec, *task->exec ? "-" : "", names[number]);
    if (!*path) {
        return;
    }
    if (strcmp(path, wanted)) {
        complain("stream %s is not called %s", path, wanted);
    } else if (stat(path, &status) || !S_ISFIFO(status.st_mode)) {
        complain("there is no FIFO at %s", path);
    }
    snprintf(task->streams[number], sizeof task->streams[number], "%s", path);
}

static void check_mounts(const struct json *spec, const char *id) {
    const struct json *mounts = json_get(spec, "mounts");
    for (const struct json *it = mounts ? mounts->first : NULL; it; it = it->next) {
        int bind = !strcmp(json_text(json_get(it, "type"), ""), "bind");
        const struct json *options = json_get(it, "options");
        for (const struct json *option = options ? options->first : NULL; option; option = option->next) {
            bind |= !strcmp(json_text(option, ""), "bind") || !strcmp(json_text(option, ""), "rbind");
        }
        if (bind) {
            complain("container %s has a bind mount at %s left", id, json_text(json_get(it, "destination"), "?"));
        }
    }
}

static void check_namespaces(const struct json *spec, const char *id) {
    const struct json *namespaces = json_get(json_get(spec, "linux"), "namespaces");
    for (const struct json *it = namespaces ? namespaces->first : NULL; it; it = it->next) {
        if (json_get(it, "path") || !strcmp(json_text(json_get(it, "type"), ""), "network")) {
            complain("container %s names a namespace of the host", id);
        }
    }
}

static void check_root(const char *id) {
    char rootfs[PATH_LENGTH], parent[PATH_LENGTH];
    struct stat inner, outer;
    snprintf(parent, sizeof parent, "/%s", id);
    snprintf(rootfs, sizeof rootfs, "/%s/rootfs", id);
    if (stat(parent, &outer) || stat(rootfs, &inner) || !S_ISDIR(inner.st_mode)) {
        complain("container %s has no rootfs", id);
    }
}

static const struct json *check_spec(const char *id) {
    char path[PATH_LENGTH];
    snprintf(path, sizeof path, "/%s/config.json", id);
    const struct json *spec = json_load(path);
    if (!spec) {
        complain("container %s has no specification", id);
        return NULL;
    }
    if (strcmp(json_text(json_get(json_get(spec, "root"), "path"), ""), "rootfs")) {
        complain("the root of container %s is not rootfs", id);
    }
    const struct json *annotations = json_get(spec, "annotations");
    if (json_size(annotations) != 2 ||
        strcmp(json_text(json_get(annotations, "io.kubernetes.cri.container-type"), ""), "container") ||
        strcmp(json_text(json_get(annotations, "io.kubernetes.cri.sandbox-id"), ""), sandbox)) {
        complain("container %s has other annotations than it should have", id);
    }
    check_mounts(spec, id);
    check_namespaces(spec, id);
    check_root(id);
    return json_get(spec, "process");
}

static void add_streams(struct task *task, const struct message *request, int first) {
    for (int i = 0; i < 3; i++) {
        check_stream(task, i, message_text(request, first + i));
    }
}

static void create(struct caller caller, const struct message *request) {
    const char *id = message_text(request, 1);
    char bundle[PATH_LENGTH];
    snprintf(bundle, sizeof bundle, "/%s", id);
    if (find(id, "")) {
        complain("container %s is created twice", id);
        reply(caller, UNKNOWN, "there is one of that id", NULL);
        return;
    }
    if (strcmp(message_text(request, 2), bundle)) {
        complain("the bundle of container %s is %s", id, message_text(request, 2));
    }
    if (request->count[3] || request->number[4]) {
        complain("container %s is to get mounts or a terminal", id);
    }
    const struct json *process = check_spec(id);
    if (!process) {
        reply(caller, UNKNOWN, "there is no such container", NULL);
        return;
    }
    struct task *task = make(id, "");
    task->process = process;
    add_streams(task, request, 5);
    struct answer answer = {.length = 0};
    answer_number(&answer, 1, 0);
    reply(caller, OK, "", &answer);
}

static void exec(struct caller caller, const struct message *request) {
    const char *id = message_text(request, 1), *name = message_text(request, 2);
    struct message any = {.count = {0}};
    if (!find(id, "") || find(id, name)) {
        complain("process %s is added to container %s, which is not there or has it", name, id);
        reply(caller, UNKNOWN, "it cannot be added", NULL);
        return;
    }
    if (!request->text[7] || !message_parse((const uint8_t *)request->text[7], request->length[7], &any) ||
        strcmp(message_text(&any, 1), "types.containerd.io/opencontainers/runtime-spec/1/Process")) {
        complain("process %s has no specification", name);
    }
    struct task *task = make(id, name);
    task->process = json_parse(message_text(&any, 2));
    add_streams(task, request, 4);
    reply(caller, OK, "", NULL);
}

static char **words(const struct json *array) {
    static char *all[2][MOST_WORDS];
    static int next;
    char **out = all[next++ % 2];
    size_t count = 0;
    for (const struct json *it = array ? array->first : NULL; it && count < MOST_WORDS - 1; it = it->next) {
        out[count++] = it->text;
    }
    out[count] = NULL;
    return out;
}

static void open_stream(const char *path, int flags, int number) {
    int opened = *path ? open(path, flags) : nothing;
    if (opened < 0 || dup2(opened, number) < 0) {
        _exit(126);
    }
}

static void become(const struct task *task, int failure) {
    char root[PATH_LENGTH];
    const struct json *user = json_get(task->process, "user");
    snprintf(root, sizeof root, "/%s/rootfs", task->id);
    setsid();
    open_stream(task->streams[0], O_RDONLY | O_NONBLOCK, 0);
    (void)!fcntl(0, F_SETFL, 0);
    open_stream(task->streams[1], O_WRONLY, 1);
    open_stream(task->streams[2], O_WRONLY, 2);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char **args = words(json_get(task->process, "args"));
    if (!chroot(root) && !chdir(json_text(json_get(task->process, "cwd"), "/")) && !setgroups(0, NULL) &&
        !setgid((gid_t)json_number(json_get(user, "gid"))) && !setuid((uid_t)json_number(json_get(user, "uid")))) {
        execve(args[0], args, words(json_get(task->process, "env")));
    }
    int error = errno;
    (void)!write(failure, &error, sizeof error);
    _exit(127);
}

static void start(struct caller caller, struct task *task) {
    int failure[2], error = 0;
    if (task->status != CREATED || pipe2(failure, O_CLOEXEC)) {
        reply(caller, UNKNOWN, "it was started before", NULL);
        return;
    }
    task->pid = fork();
    if (!task->pid) {
        become(task, failure[1]);
    }
    close(failure[1]);
    int failed = read(failure[0], &error, sizeof error) > 0;
    close(failure[0]);
    if (failed) {
        waitpid(task->pid, NULL, 0);
        task->pid = 0;
        reply(caller, UNKNOWN, strerror(error), NULL);
        return;
    }
    task->status = RUNNING;
    struct answer answer = {.length = 0};
    answer_number(&answer, 1, PID_OF_ALL);
    reply(caller, OK, "", &answer);
}

static void tell_end(struct caller caller, unsigned code, struct timespec when) {
    struct answer answer = {.length = 0}, at = {.length = 0};
    answer_number(&at, 1, (uint64_t)when.tv_sec);
    answer_number(&at, 2, (uint64_t)when.tv_nsec);
    answer_number(&answer, 1, code);
    answer_bytes(&answer, 2, at.bytes, at.length);
    reply(caller, OK, "", &answer);
}

static void wait_for(struct caller caller, struct task *task) {
    if (says_killed || task->status == STOPPED) {
        tell_end(caller, says_killed ? 128 + SIGKILL : task->code, task->at);
        return;
    }
    for (int i = 0; i < MOST_WAITS; i++) {
        if (!waits[i].task) {
            waits[i].task = task;
            waits[i].caller = caller;
            return;
        }
    }
    abort();
}

static void kill_task(struct caller caller, struct task *task, const struct message *request) {
    if (task->status != RUNNING) {
        reply(caller, NOT_FOUND, "it does not run", NULL);
        return;
    }
    kill(request->number[4] ? -task->pid : task->pid, (int)request->number[3]);
    reply(caller, OK, "", NULL);
}

static void delete(struct caller caller, struct task *task) {
    if (task->status == RUNNING) {
        complain("%s %s is deleted while it runs", task->id, task->exec);
        reply(caller, FAILED_PRECONDITION, "it runs", NULL);
        return;
    }
    struct answer answer = {.length = 0};
    answer_number(&answer, 1, PID_OF_ALL);
    answer_number(&answer, 2, task->code);
    reply(caller, OK, "", &answer);
    for (struct task *it = tasks; it < tasks + MOST_TASKS; it++) {
        if (!*task->exec && it != task && !strcmp(it->id, task->id)) {
            it->status = NONE;
        }
    }
    task->status = NONE;
}

static void state(struct caller caller, const struct task *task) {
    struct answer answer = {.length = 0};
    answer_bytes(&answer, 1, task->id, strlen(task->id));
    answer_number(&answer, 3, PID_OF_ALL);
    answer_number(&answer, 4, task->status);
    answer_number(&answer, 9, task->code);
    reply(caller, OK, "", &answer);
}

void tasks_answer(struct caller caller, const char *method, const struct message *request) {
    if (!strcmp(method, "Create")) {
        create(caller, request);
        return;
    }
    if (!strcmp(method, "Exec")) {
        exec(caller, request);
        return;
    }
    struct task *task = find(message_text(request, 1), message_text(request, 2));
    if (!task) {
        reply(caller, NOT_FOUND, "there is none of that id", NULL);
    } else if (!strcmp(method, "State")) {
        state(caller, task);
    } else if (!strcmp(method, "Start")) {
        start(caller, task);
    } else if (!strcmp(method, "Wait")) {
        wait_for(caller, task);
    } else if (!strcmp(method, "Kill")) {
        kill_task(caller, task, request);
    } else if (!strcmp(method, "Delete")) {
        delete(caller, task);
    } else {
        complain("%s is asked for, which Quark does not do", method);
        reply(caller, UNIMPLEMENTED, "not implemented", NULL);
    }
}

void tasks_forget(int socket) {
    for (int i = 0; i < MOST_WAITS; i++) {
        if (waits[i].task && waits[i].caller.socket == socket) {
            waits[i].task = NULL;
        }
    }
}

static void ended(struct task *task, int status) {
    task->status = STOPPED;
    clock_gettime(CLOCK_REALTIME, &task->at);
    task->code = WIFSIGNALED(status) ? 128u + (unsigned)WTERMSIG(status) : (unsigned)WEXITSTATUS(status);
    for (int i = 0; i < MOST_WAITS; i++) {
        if (waits[i].task == task) {
            waits[i].task = NULL;
            tell_end(waits[i].caller, task->code, task->at);
        }
    }
    // A container ends with its first process.
    for (struct task *it = tasks; it < tasks + MOST_TASKS; it++) {
        if (!*task->exec && it->status == RUNNING && !strcmp(it->id, task->id)) {
            kill(-it->pid, SIGKILL);
        }
    }
}

void tasks_collect(void) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (struct task *it = tasks; it < tasks + MOST_TASKS; it++) {
            if (it->status == RUNNING && it->pid == pid) {
                kill(-pid, SIGKILL);
                ended(it, status);
            }
        }
    }
}
