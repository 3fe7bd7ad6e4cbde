// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.util.Locale;

/** How a sentry comes by the system calls of its guests. */
public enum GvisorPlatform {
    /** By seccomp traps; works everywhere. */
    SYSTRAP,
    /** By ptrace(2); the older way, slower. */
    PTRACE,
    /** By a virtual machine without devices; needs /dev/kvm. */
    KVM;

    /** As runsc has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
