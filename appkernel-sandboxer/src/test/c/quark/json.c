// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct json *value(const char **at);

static void skip(const char **at) {
    while (isspace((unsigned char)**at)) {
        ++*at;
    }
}

static int take(const char **at, char wanted) {
    skip(at);
    if (**at != wanted) {
        return 0;
    }
    ++*at;
    return 1;
}

static struct json *made(enum json_type type) {
    struct json *json = calloc(1, sizeof *json);
    json->type = type;
    return json;
}

static char escaped(const char **at) {
    char c = *(*at)++;
    if (c == 'u') {
        char digits[5] = {0};
        strncpy(digits, *at, 4);
        *at += strlen(digits);
        return (char)strtol(digits, NULL, 16); // those beyond ASCII come as they are
    }
    const char *from = "nrtbf", *to = "\n\r\t\b\f", *found = strchr(from, c);
    return found ? to[found - from] : c;
}

static char *text(const char **at) {
    if (!take(at, '"')) {
        return NULL;
    }
    char *out = malloc(strlen(*at) + 1);
    size_t length = 0;
    while (**at && **at != '"') {
        char c = *(*at)++;
        out[length++] = c == '\\' ? escaped(at) : c;
    }
    out[length] = 0;
    return take(at, '"') ? out : NULL;
}

static struct json *members(const char **at, char end, int named) {
    struct json *json = made(named ? JSON_OBJECT : JSON_ARRAY), **last = &json->first;
    if (take(at, end)) {
        return json;
    }
    do {
        char *name = NULL;
        if (named && (!(name = text(at)) || !take(at, ':'))) {
            return NULL;
        }
        if (!(*last = value(at))) {
            return NULL;
        }
        (*last)->name = name;
        last = &(*last)->next;
    } while (take(at, ','));
    return take(at, end) ? json : NULL;
}

static struct json *word(const char **at) {
    static const struct {
        const char *word;
        enum json_type type;
    } words[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i].word);
        if (!strncmp(*at, words[i].word, length)) {
            *at += length;
            return made(words[i].type);
        }
    }
    size_t length = strspn(*at, "+-0123456789.eE");
    if (!length) {
        return NULL;
    }
    struct json *json = made(JSON_NUMBER);
    json->text = strndup(*at, length);
    *at += length;
    return json;
}

static struct json *value(const char **at) {
    skip(at);
    if (take(at, '{')) {
        return members(at, '}', 1);
    }
    if (take(at, '[')) {
        return members(at, ']', 0);
    }
    if (**at == '"') {
        struct json *json = made(JSON_TEXT);
        json->text = text(at);
        return json->text ? json : NULL;
    }
    return word(at);
}

struct json *json_parse(const char *document) {
    struct json *json = value(&document);
    skip(&document);
    return *document ? NULL : json;
}

struct json *json_load(const char *path) {
    static char content[1 << 20];
    FILE *file = fopen(path, "r");
    if (!file) {
        return NULL;
    }
    content[fread(content, 1, sizeof content - 1, file)] = 0;
    fclose(file);
    return json_parse(content);
}

const struct json *json_get(const struct json *object, const char *name) {
    if (!object || object->type != JSON_OBJECT) {
        return NULL;
    }
    for (const struct json *it = object->first; it; it = it->next) {
        if (!strcmp(it->name, name)) {
            return it;
        }
    }
    return NULL;
}

const char *json_text(const struct json *json, const char *otherwise) {
    return json && json->type == JSON_TEXT ? json->text : otherwise;
}

long json_number(const struct json *json) {
    return json && json->type == JSON_NUMBER ? strtol(json->text, NULL, 10) : 0;
}

size_t json_size(const struct json *json) {
    size_t size = 0;
    for (const struct json *it = json ? json->first : NULL; it; it = it->next) {
        size++;
    }
    return size;
}
