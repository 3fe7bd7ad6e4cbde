// SPDX-License-Identifier: Apache-2.0
#pragma once

/* Under which names the holder parks what is its own. */

#define NAME_OF_LISTENER "listener"
#define NAME_OF_CHANNEL "channel"
#define NAME_OF_LIFE "life"

/* Before the id of a connection. */
#define NAME_OF_CONNECTION 'c'
