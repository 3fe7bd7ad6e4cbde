// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

/** What the configuration and runtime handlers call application kernels by, in lower case. */
enum KernelName {
    /** Runs in the tests. */
    GVISOR,
    /** Never ran here: docs/appkernel.md says what that means. */
    QUARK
}
