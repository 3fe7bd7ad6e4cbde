// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Makes room for so many descriptors, raising the limit of this process and of what it starts. Returns how many there
 * is room for, which may be fewer.
 */
int limits_raise(int wanted);
