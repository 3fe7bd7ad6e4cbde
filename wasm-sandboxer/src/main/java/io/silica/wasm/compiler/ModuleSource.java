// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.sandbox.HostCalls;

/**
 * Where a module is read from that somebody asks for.
 *
 * @param file open for reading; as slow as its file system
 * @param host for reading it
 */
record ModuleSource(Descriptor file, HostCalls host) implements AutoCloseable {
    /** The same, which lives on when this is closed. */
    ModuleSource duplicate() {
        return new ModuleSource(file.duplicate(), host);
    }

    @Override
    public void close() {
        file.close();
    }
}
