// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.hypervisor;

/** How a machine came to its end. */
public sealed interface MachineEnd {
    /** Its program has ended: the guest powered off, it was killed, or it failed. */
    record Ended() implements MachineEnd {
        @Override
        public String words() {
            return "the virtual machine has ended";
        }
    }

    /**
     * A program beside it has ended, without which the guest hangs.
     *
     * @param program its name
     */
    record HelperEnded(String program) implements MachineEnd {
        @Override
        public String words() {
            return program + " has ended, and the virtual machine with it";
        }
    }

    /** The same for people. */
    String words();
}
