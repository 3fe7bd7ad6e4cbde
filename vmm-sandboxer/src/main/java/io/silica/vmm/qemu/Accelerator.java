// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import java.util.List;
import java.util.Locale;

/** By what the guest's processors are carried out. */
public enum Accelerator {
    /** The host's own, by KVM. */
    KVM,
    /** A program, which takes many times as long. */
    TCG;

    List<String> arguments() {
        return switch (this) {
            case KVM -> List.of("-accel", "kvm", "-cpu", "host");
            case TCG -> List.of("-accel", "tcg,thread=multi,tb-size=64", "-cpu", "max");
        };
    }

    /** As the configuration has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
