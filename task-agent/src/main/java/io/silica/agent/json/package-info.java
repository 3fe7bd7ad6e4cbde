// SPDX-License-Identifier: Apache-2.0
/**
 * JSON as a tree that can be changed: a library of its own would cost the agent more time at its
 * start than all the rest.
 */
@NullMarked
package io.silica.agent.json;

import org.jspecify.annotations.NullMarked;
