// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct packet current;

static void take_descriptors(const struct cmsghdr *header) {
    size_t bytes = header->cmsg_len - CMSG_LEN(0);
    current.count = (int)(bytes / sizeof(int));
    memcpy(current.descriptors, CMSG_DATA(header), (size_t)current.count * sizeof(int));
}

static void take_sender(const struct cmsghdr *header) {
    struct ucred sender;
    memcpy(&sender, CMSG_DATA(header), sizeof sender);
    current.sender = sender.pid;
}

static void take_control(struct msghdr *message) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            take_descriptors(header);
        } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS) {
            take_sender(header);
        }
    }
}

ssize_t packet_receive(int socket, struct packet **packet) {
    static _Alignas(struct cmsghdr) char
        control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(PACKET_DESCRIPTORS * sizeof(int))];
    struct iovec text = {.iov_base = current.text, .iov_len = sizeof current.text - 1};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0) {
        return -1;
    }
    current.text[length] = '\0';
    current.sender = 0;
    current.count = 0;
    current.whole = !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
    take_control(&message);
    *packet = &current;
    return length;
}

void packet_close(struct packet *packet) {
    for (int i = 0; i < packet->count; i++) {
        close(packet->descriptors[i]);
    }
    packet->count = 0;
}

int packet_take(struct packet *packet) {
    if (packet->count != 1) {
        return -1;
    }
    packet->count = 0;
    return packet->descriptors[0];
}

bool packet_send(int socket, const char *text, int descriptor) {
    return packet_send_all(socket, text, &descriptor, descriptor >= 0 ? 1 : 0);
}

bool packet_send_all(int socket, const char *text, const int *descriptors, int count) {
    struct iovec data = {.iov_base = (void *)text, .iov_len = strlen(text)};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(PACKET_DESCRIPTORS * sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    size_t bytes = (size_t)count * sizeof(int);
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(bytes);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(header), descriptors, bytes);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}
