// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

/*
 * The descriptors that the command has parked. They are there in each of its lives, from number 3 on and in the order in
 * which they came.
 */

/* The most that a store can be made for. */
#define STORE_MOST 16384

/* Must come before everything else that opens descriptors: those in the store have numbers above all it can pass on. */
void store_open(int most);

int store_most(void);

/* Takes a descriptor over. If there is no room it is closed, counted and told. */
void store_add(int descriptor, const char *name);

/* Closes all of that name. */
void store_remove(const char *name);

/* The end: sockets that listen would leave their files behind. */
void store_close(void);

/* In a child between fork and exec: what is in the store is there from number 3 on, and LISTEN_FDS tells so. */
bool store_pass_on(void);

/*
 * Sends copies of what is in the store, each message with names that a colon follows and with their descriptors; false if
 * not all of it can be sent at once.
 */
bool store_hand_over(int socket);
