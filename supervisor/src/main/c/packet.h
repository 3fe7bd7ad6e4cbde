// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* As many as the kernel lets through with one message (SCM_MAX_FD). */
#define PACKET_DESCRIPTORS 253

/* A message that keeps its bounds, with what came beside it. */
struct packet {
    char text[4096]; /* ends with a NUL */
    pid_t sender;    /* 0 if the socket does not tell */
    int descriptors[PACKET_DESCRIPTORS];
    int count;
    bool whole; /* false if there was more than there is room for */
};

/*
 * Receives without waiting. Returns the bytes of the text; 0 at the end, or for an empty message; -1 with errno. There
 * is one packet in this process, for one message at a time; its descriptors are the caller's.
 */
ssize_t packet_receive(int socket, struct packet **packet);

/* Closes the descriptors that nobody has taken. */
void packet_close(struct packet *packet);

/* Takes the only descriptor out of a packet; -1 if there is none, or more than one. */
int packet_take(struct packet *packet);

/* Sends a text, with a descriptor unless that is -1, without waiting; false with errno. */
bool packet_send(int socket, const char *text, int descriptor);

/* The same with as many descriptors as one message carries, or fewer, or none. */
bool packet_send_all(int socket, const char *text, const int *descriptors, int count);
