// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import java.util.Locale;

/** By what guests are to be carried out. */
public enum AcceleratorChoice {
    /** KVM where it boots a guest, else emulation. */
    AUTO,
    /** KVM, or no pod is run. */
    KVM,
    /** Emulation. */
    TCG;

    /** As the configuration has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
