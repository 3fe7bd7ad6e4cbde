// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * The identifier of a container, which is also its task's id.
 *
 * @param value of the form that containerd demands
 */
public record ContainerId(String value) {
    /**
     * @throws SandboxException.InvalidArgument if the form is another
     */
    public ContainerId {
        Identifier.require("container", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
