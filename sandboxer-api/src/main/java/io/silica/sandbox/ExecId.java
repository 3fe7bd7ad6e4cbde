// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * The identifier of an additional process of a container.
 *
 * @param value of the form that containerd demands
 */
public record ExecId(String value) {
    /**
     * @throws SandboxException.InvalidArgument if the form is another
     */
    public ExecId {
        Identifier.require("exec", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
