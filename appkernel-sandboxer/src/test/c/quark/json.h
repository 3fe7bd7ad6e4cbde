// SPDX-License-Identifier: Apache-2.0
// Reads JSON, as much of it as specifications have. A document that makes no sense is NULL.
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    char *name;          // of a member
    char *text;          // of a text or a number
    struct json *first;  // of an array or an object
    struct json *next;
};

struct json *json_parse(const char *text);
struct json *json_load(const char *path);

// A member, or NULL; of NULL there is none.
const struct json *json_get(const struct json *object, const char *name);

// A text, or the other where there is none.
const char *json_text(const struct json *value, const char *otherwise);
long json_number(const struct json *value);
size_t json_size(const struct json *value);

#endif
