// SPDX-License-Identifier: Apache-2.0

// Carries one terminal between containerd's FIFOs and a process of a pod. It outlives the daemon, as the pod does: what is typed and
// what is printed goes on while there is none.
//
//   pod-terminal ARGUMENT...   it reads none of them: they tell those who look for it whose it is
//
//   0  the input, a FIFO or /dev/null, found by O_PATH; it is opened here, for writing as well, so that it has no end
//   1  the output, the same; for reading as well, so that a reader who dies breaks nothing
//   3  listens (SEQPACKET) for whoever asks one thing for each connection:
//        "open"             makes the terminal; "ok" comes back, with the side that is the process's
//        "size COLUMNS ROWS"  also of one that is not there yet
//        "signals SOCKET CONTAINER PID"  whom the sentry that listens there is to give what keys make: ^C and the like
//        "end"              the process has ended: what it has printed is written, then this ends
//   4  listens (STREAM) for runsc, which makes the terminal and sends its master; where that is not open, "open" makes it
//
// The host's kernel makes signals of such keys, and of a change of the size, for the session that the terminal belongs to. A
// sentry is of no session: so the terminal is this program's, which passes them on.
//
// It ends when nobody has the process's side open any more and all that came from there is written.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { INPUT, OUTPUT, CONTROL = 3, CONSOLE = 4, CHUNK = 4096, LONGEST_REQUEST = 512, FOREGROUND = 2 };

// What was read and is not yet written.
struct buffer {
    char bytes[CHUNK];
    size_t from, to;
};

static struct buffer typed, printed;
static int input = INPUT, output = OUTPUT, console = CONSOLE, asking = -1, sending = -1, master = -1;
static int signals = -1, telling = -1, had_master, ending;
static struct sockaddr_un sentry = {.sun_family = AF_UNIX};
static char container[LONGEST_REQUEST];
static int process;
static struct winsize size;

static void close_it(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static int is_empty(const struct buffer *buffer)
{
    return buffer->from == buffer->to;
}

static int not_now(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static void non_blocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0)
        fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

// Fills an empty buffer; false at the end of what it is read from.
static int fill(int descriptor, struct buffer *buffer)
{
    ssize_t count = read(descriptor, buffer->bytes, sizeof buffer->bytes);
    buffer->from = 0;
    buffer->to = count > 0 ? (size_t)count : 0;
    return count > 0 || (count < 0 && not_now());
}

// Writes what there is room for; false if nobody will ever take it.
static int drain(int descriptor, struct buffer *buffer)
{
    ssize_t count = write(descriptor, buffer->bytes + buffer->from, buffer->to - buffer->from);
    if (count > 0)
        buffer->from += (size_t)count;
    else if (count < 0 && !not_now())
        buffer->from = buffer->to;
    return count >= 0 || not_now();
}

// As the leader of a session, which is how it is started. The terminal stays its own for as long as anybody has it open.
static void make_it_ours(void)
{
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave >= 0)
        ioctl(slave, TIOCSCTTY, 0);
    close_it(&slave);
}

static void take_master(int descriptor)
{
    close_it(&master);
    master = descriptor;
    had_master = 1;
    non_blocking(master);
    make_it_ours();
    if (size.ws_col > 0)
        ioctl(master, TIOCSWINSZ, &size);
}

// Sends an answer, with a descriptor if there is one.
static void answer(const char *text, int descriptor)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec vector = {(void *)(size_t)text, strlen(text)};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    memset(&control, 0, sizeof control);
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
    }
    sendmsg(asking, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void open_terminal(void)
{
    int zero = 0, made = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), slave = -1;
    if (made >= 0 && ioctl(made, TIOCSPTLCK, &zero) == 0)
        slave = ioctl(made, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        answer("no", -1);
        close_it(&made);
        return;
    }
    take_master(made);
    answer("ok", slave);
    close_it(&slave);
}

static void resize(unsigned short columns, unsigned short rows)
{
    size = (struct winsize){.ws_col = columns, .ws_row = rows};
    answer(master < 0 || ioctl(master, TIOCSWINSZ, &size) == 0 ? "ok" : "no", -1);
}

// Its answer is of no interest, but it is waited for with the connection open.
static void tell_sentry(unsigned int signal)
{
    char request[2 * LONGEST_REQUEST];
    int length = snprintf(request, sizeof request,
                          "{\"method\":\"containerManager.Signal\",\"arg\":{\"CID\":\"%s\",\"PID\":%d,\"Signo\":%u,\"Mode\":%d}}",
                          container, process, signal, FOREGROUND);
    close_it(&telling);
    telling = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(telling, (struct sockaddr *)&sentry, sizeof sentry) != 0 ||
        send(telling, request, (size_t)length, MSG_NOSIGNAL) != length)
        close_it(&telling);
}

static void pass_on(void)
{
    struct signalfd_siginfo signal;
    if (read(signals, &signal, sizeof signal) == sizeof signal)
        tell_sentry(signal.ssi_signo);
}

static void take_signals(const char *request)
{
    char path[sizeof sentry.sun_path];
    int known = sscanf(request, "signals %107s %255s %d", path, container, &process) == 3;
    if (known)
        memcpy(sentry.sun_path, path, sizeof path);
    answer(known ? "ok" : "no", -1);
}

static void hear(void)
{
    char request[LONGEST_REQUEST + 1];
    unsigned short columns, rows;
    ssize_t length = recv(asking, request, LONGEST_REQUEST, 0);
    if (length < 0 && not_now())
        return;
    request[length > 0 ? length : 0] = 0;
    if (strcmp(request, "open") == 0) {
        open_terminal();
    } else if (strcmp(request, "end") == 0) {
        ending = 1;
        answer("ok", -1);
    } else if (strncmp(request, "signals ", 8) == 0) {
        take_signals(request);
    } else if (sscanf(request, "size %hu %hu", &columns, &rows) == 2) {
        resize(columns, rows);
    } else if (length > 0) {
        answer("no", -1);
    }
    close_it(&asking);
}

// What runsc sends: a name that is of no use, and the master.
static void receive_master(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char name[LONGEST_REQUEST];
    struct iovec vector = {name, sizeof name};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(sending, &message, MSG_CMSG_CLOEXEC);
    if (length < 0 && not_now())
        return;
    if (length > 0 && message.msg_controllen >= CMSG_LEN(sizeof(int)) && control.header.cmsg_type == SCM_RIGHTS) {
        int descriptor;
        memcpy(&descriptor, CMSG_DATA(&control.header), sizeof(int));
        take_master(descriptor);
        close_it(&console);
    }
    close_it(&sending);
}

static void accept_from(int listener, int *accepted)
{
    *accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static struct pollfd wish(int descriptor, int wanted, short events)
{
    return (struct pollfd){.fd = wanted ? descriptor : -1, .events = events};
}

// One turn: waits until something can be done, and does it.
static void turn(void)
{
    short of_master = (short)((is_empty(&printed) ? POLLIN : 0) | (is_empty(&typed) ? 0 : POLLOUT));
    struct pollfd wishes[] = {
        wish(CONTROL, asking < 0, POLLIN),
        wish(asking, 1, POLLIN),
        wish(console, sending < 0, POLLIN),
        wish(sending, 1, POLLIN),
        wish(input, master >= 0 && is_empty(&typed), POLLIN),
        wish(output, !is_empty(&printed), POLLOUT),
        wish(master, of_master != 0, of_master),
        wish(signals, sentry.sun_path[0] != 0, POLLIN),
        wish(telling, 1, POLLIN),
    };
    // Who ends looks once at what is there, and waits only for the output to be taken.
    int timeout = ending && is_empty(&printed) ? 0 : -1;
    if (poll(wishes, sizeof wishes / sizeof *wishes, timeout) < 0)
        return;
    if (wishes[0].revents)
        accept_from(CONTROL, &asking);
    else if (wishes[1].revents)
        hear();
    if (wishes[2].revents)
        accept_from(console, &sending);
    else if (wishes[3].revents)
        receive_master();
    if (wishes[7].revents)
        pass_on();
    else if (wishes[8].revents)
        close_it(&telling);
    if (wishes[4].revents && !fill(input, &typed))
        close_it(&input);
    if (wishes[5].revents)
        drain(output, &printed);
    if ((wishes[6].revents & POLLOUT) && !is_empty(&typed))
        drain(master, &typed);
    if (wishes[6].revents & (POLLHUP | POLLERR)) {
        // Nobody reads what is typed any more.
        typed.from = typed.to;
        close_it(&input);
    }
    if (wishes[6].revents && is_empty(&printed) && master >= 0) {
        // The end of a terminal is EIO.
        if (!fill(master, &printed))
            close_it(&master);
    } else if (ending && is_empty(&printed)) {
        close_it(&master);
    }
}

// A daemon that opened it and died would have closed it for good in the eyes of who reads it.
static void open_found(int stream)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", stream);
    int opened = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0 || dup2(opened, stream) < 0)
        exit(1);
    close_it(&opened);
}

int main(void)
{
    sigset_t keys;
    sigemptyset(&keys);
    sigaddset(&keys, SIGINT);
    sigaddset(&keys, SIGQUIT);
    sigaddset(&keys, SIGTSTP);
    sigaddset(&keys, SIGWINCH);
    sigprocmask(SIG_BLOCK, &keys, NULL);
    signals = signalfd(-1, &keys, SFD_NONBLOCK | SFD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (fcntl(CONSOLE, F_GETFD) < 0)
        console = -1;
    open_found(INPUT);
    open_found(OUTPUT);
    // Until the terminal is there, and then until it has ended and all is written.
    while (!((had_master && master < 0) || (ending && master < 0)) || !is_empty(&printed))
        turn();
    return 0;
}
