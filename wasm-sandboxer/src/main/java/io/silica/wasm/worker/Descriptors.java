// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Descriptor;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The descriptors that came for one container, by their index; it owns them. */
final class Descriptors implements AutoCloseable {
    private static final Path SELF = Path.of("/proc/self/fd");

    private final List<Descriptor> descriptors;

    Descriptors(List<Descriptor> descriptors) {
        this.descriptors = List.copyOf(descriptors);
    }

    /**
     * One of them; it stays the property of this.
     *
     * @throws SandboxException.InvalidArgument if there is none with that index
     */
    Descriptor get(int index) {
        if (index < 0 || index >= descriptors.size()) {
            throw new SandboxException.InvalidArgument(
                    "descriptor %s was named and %d came"
                            .formatted(Integer.toUnsignedString(index), descriptors.size()));
        }
        return descriptors.get(index);
    }

    /** One of them, if the container names it; else empty. */
    Optional<Descriptor> named(boolean present, int index) {
        return present ? Optional.of(get(index)) : Optional.empty();
    }

    /** By which path this process reaches the directory that one of them is. */
    Path path(int index) {
        return path(get(index));
    }

    /** By which path this process reaches what a descriptor leads to. */
    static Path path(Descriptor descriptor) {
        return SELF.resolve(Integer.toString(descriptor.number()));
    }

    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
    }
}
