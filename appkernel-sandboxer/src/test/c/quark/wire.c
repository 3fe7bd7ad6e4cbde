// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 10, REQUEST = 1, RESPONSE = 2, VARINT = 0, BYTES = 2 };

static int varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    *value = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return 1;
        }
    }
    return 0;
}

int message_parse(const uint8_t *bytes, size_t length, struct message *out) {
    const uint8_t *at = bytes, *end = bytes + length;
    memset(out, 0, sizeof *out);
    while (at < end) {
        uint64_t tag, value;
        if (!varint(&at, end, &tag) || !varint(&at, end, &value)) {
            return 0;
        }
        uint64_t field = tag >> 3;
        if (field >= MOST_FIELDS || ((tag & 7) == BYTES && value > (uint64_t)(end - at))) {
            return 0;
        }
        out->count[field]++;
        if ((tag & 7) == VARINT) {
            out->number[field] = value;
        } else if ((tag & 7) == BYTES) {
            out->text[field] = strndup("", 0);
            out->text[field] = realloc(out->text[field], value + 1);
            memcpy(out->text[field], at, value);
            out->text[field][value] = 0;
            out->length[field] = value;
            at += value;
        } else {
            return 0;
        }
    }
    return 1;
}

const char *message_text(const struct message *message, int field) {
    return message->text[field] ? message->text[field] : "";
}

static void put(struct answer *answer, const void *bytes, size_t length) {
    if (length > sizeof answer->bytes - answer->length) {
        abort();
    }
    memcpy(answer->bytes + answer->length, bytes, length);
    answer->length += length;
}

static void put_varint(struct answer *answer, uint64_t value) {
    do {
        uint8_t byte = (uint8_t)(value & 0x7f);
        value >>= 7;
        byte |= value ? 0x80 : 0;
        put(answer, &byte, 1);
    } while (value);
}

void answer_number(struct answer *answer, int field, uint64_t value) {
    put_varint(answer, (uint64_t)field << 3 | VARINT);
    put_varint(answer, value);
}

void answer_bytes(struct answer *answer, int field, const void *bytes, size_t length) {
    put_varint(answer, (uint64_t)field << 3 | BYTES);
    put_varint(answer, length);
    put(answer, bytes, length);
}

static void put_number(uint8_t *at, uint32_t number) {
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(number >> (24 - 8 * i));
    }
}

static uint32_t get_number(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void reply(struct caller to, enum code code, const char *words, const struct answer *payload) {
    struct answer body = {.length = 0}, status = {.length = 0};
    if (code != OK) {
        answer_number(&status, 1, code);
        answer_bytes(&status, 2, words, strlen(words));
        answer_bytes(&body, 1, status.bytes, status.length);
    } else if (payload) {
        answer_bytes(&body, 2, payload->bytes, payload->length);
    }
    struct answer frame = {.length = HEADER};
    put_number(frame.bytes, (uint32_t)body.length);
    put_number(frame.bytes + 4, to.stream);
    frame.bytes[8] = RESPONSE;
    frame.bytes[9] = 0;
    put(&frame, body.bytes, body.length);
    // Nobody but the daemon dials; should it be gone, nobody waits for this.
    (void)!send(to.socket, frame.bytes, frame.length, MSG_NOSIGNAL);
}

static int read_all(int socket, uint8_t *to, size_t length) {
    while (length) {
        ssize_t count = read(socket, to, length);
        if (count <= 0) {
            return 0;
        }
        to += count;
        length -= (size_t)count;
    }
    return 1;
}

int request_read(int socket, uint32_t *stream, struct message *request) {
    static uint8_t body[LONGEST];
    uint8_t header[HEADER];
    if (!read_all(socket, header, HEADER)) {
        return 0;
    }
    uint32_t length = get_number(header);
    *stream = get_number(header + 4);
    return length <= LONGEST && header[8] == REQUEST && read_all(socket, body, length) &&
           message_parse(body, length, request);
}
