// SPDX-License-Identifier: Apache-2.0

/**
 * The seam {@link io.silica.vmm.hypervisor.Hypervisor}: what the daemon needs of a program that
 * runs virtual machines. Each such program has a package of its own beside this one; nothing
 * outside of it knows its types.
 *
 * <pre>
 *   Hypervisor --check--> usable or not
 *       |
 *    prepare --> PreparedMachine --boot--> Machine --its end--> MachineEnd
 *       |              `--close--> gone      ^  `--close--> let go of, and lives on
 *     find ----------------------------------'
 * </pre>
 *
 * <p>A machine outlives the daemon. Where its files are is the caller's to say, once and for all:
 * by that directory alone it is found again, and by it whatever is left of it is removed.
 */
@NullMarked
package io.silica.vmm.hypervisor;

import org.jspecify.annotations.NullMarked;
