// SPDX-License-Identifier: Apache-2.0
// ttrpc and protobuf, as much of them as the task service needs.
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

enum { LONGEST = 4 << 20, MOST_FIELDS = 16 };

// Codes of gRPC.
enum code { OK = 0, UNKNOWN = 2, INVALID_ARGUMENT = 3, NOT_FOUND = 5, FAILED_PRECONDITION = 9, UNIMPLEMENTED = 12 };

// A message: of each field the last value, texts with a NUL behind them.
struct message {
    uint64_t number[MOST_FIELDS];
    char *text[MOST_FIELDS];
    size_t length[MOST_FIELDS];
    int count[MOST_FIELDS];
};

int message_parse(const uint8_t *bytes, size_t length, struct message *out);
const char *message_text(const struct message *message, int field);

// An answer that is being written.
struct answer {
    uint8_t bytes[8192];
    size_t length;
};

void answer_number(struct answer *answer, int field, uint64_t value);
void answer_bytes(struct answer *answer, int field, const void *bytes, size_t length);

// Whoever asked.
struct caller {
    int socket;
    uint32_t stream;
};

void reply(struct caller to, enum code code, const char *words, const struct answer *payload);

// Reads one request; 0 at the end of the connection.
int request_read(int socket, uint32_t *stream, struct message *request);

#endif
