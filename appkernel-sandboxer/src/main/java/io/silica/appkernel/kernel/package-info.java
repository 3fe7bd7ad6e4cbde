// SPDX-License-Identifier: Apache-2.0

/**
 * The seam {@link io.silica.appkernel.kernel.AppKernel}: what the daemon needs of an application
 * kernel. Each has a package of its own beside this one; nothing outside of it knows its types.
 *
 * <pre>
 *   AppKernel --probe--> usable or not
 *       |
 *    prepare --> prepared --start--> running --stop, or its end--> stopped --close--> gone
 * </pre>
 */
@NullMarked
package io.silica.appkernel.kernel;

import org.jspecify.annotations.NullMarked;
