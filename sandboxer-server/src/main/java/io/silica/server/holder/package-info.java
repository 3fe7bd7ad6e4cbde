// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon's side of the holder: the process that accepts containerd's task connections in the
 * daemon's place and keeps them when the daemon dies (supervisor/, whose channel.h says what the
 * two tell each other).
 *
 * <pre>
 *   holder --HELLO, CONNECTION, ALL--> HolderChannel -> Holder -> ConnectionUser (the transport)
 *          &lt;--DROP, CONNECTION, LIMIT--                    ^----- ended ------'
 * </pre>
 *
 * <p>Rules: a connection is known by the id that the holder has given it, here and in the next life
 * of the daemon. The daemon goes on without a holder that is lost, says so, and hands over what it
 * serves to the one that comes after.
 */
@NullMarked
package io.silica.server.holder;

import org.jspecify.annotations.NullMarked;
