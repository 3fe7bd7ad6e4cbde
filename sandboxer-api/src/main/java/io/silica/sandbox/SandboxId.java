// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * The identifier of a sandbox, which is also its pod's id in CRI.
 *
 * @param value of the form that containerd demands
 */
public record SandboxId(String value) {
    /**
     * @throws SandboxException.InvalidArgument if the form is another
     */
    public SandboxId {
        Identifier.require("sandbox", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
