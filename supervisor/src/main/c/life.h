// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the holder has to know of itself in the next life, if it is parked: which instance it is, and the last id that it
 * gave away. It is in memory that has a descriptor, so that it is never behind.
 */

/* Begins anew. */
void life_begin(void);

/* Goes on with the memory behind a descriptor, which it takes over; false if that is not what it should be. */
bool life_resume(int descriptor);

/* What is to be parked. */
int life_descriptor(void);

/* 32 hexadecimal digits. */
const char *life_instance(void);

/*
 * A number that no connection has had: higher than every other in this life, and, as it begins with the milliseconds
 * since the machine booted, than every one of an earlier instance.
 */
uint64_t life_next_id(void);
