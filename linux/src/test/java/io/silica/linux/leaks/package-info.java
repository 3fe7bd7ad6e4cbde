// SPDX-License-Identifier: Apache-2.0

/**
 * Finds what a test leaves behind. Published as a test fixture: a module that wants it depends on
 * the test-jar of {@code linux} and puts {@link io.silica.linux.leaks.LeakCheck} on its test
 * classes.
 */
@NullMarked
package io.silica.linux.leaks;

import org.jspecify.annotations.NullMarked;
