// SPDX-License-Identifier: Apache-2.0

/** The example of ttrpc/README.md, in a package of its own: it has what every program has. */
@NullMarked
package io.silica.ttrpc.example;

import org.jspecify.annotations.NullMarked;
