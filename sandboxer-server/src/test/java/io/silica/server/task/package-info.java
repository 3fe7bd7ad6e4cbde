// SPDX-License-Identifier: Apache-2.0
/** Tests of what is between a call of the Task service and its effect. */
@NullMarked
package io.silica.server.task;

import org.jspecify.annotations.NullMarked;
