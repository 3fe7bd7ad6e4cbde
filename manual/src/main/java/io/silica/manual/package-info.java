// SPDX-License-Identifier: Apache-2.0

/**
 * The manual pages of the programs. They are made of the definitions that the programs themselves
 * read their command lines by, when the distribution is put together; nothing of it is installed
 * but the pages.
 */
@NullMarked
package io.silica.manual;

import org.jspecify.annotations.NullMarked;
