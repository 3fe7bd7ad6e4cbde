// SPDX-License-Identifier: Apache-2.0
/** What is done to the machine as a whole: what makes it the pod's, and its end. */
@NullMarked
package io.silica.agent.machine;

import org.jspecify.annotations.NullMarked;
