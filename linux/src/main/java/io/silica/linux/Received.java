// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.util.List;

/**
 * What one receive brought. The receiver owns the descriptors.
 *
 * @param bytes how many; 0 if it would have blocked; -1 at the end
 * @param descriptors in the order in which they were sent
 */
public record Received(int bytes, List<Descriptor> descriptors) implements AutoCloseable {
    public Received {
        descriptors = List.copyOf(descriptors);
    }

    /** Closes the descriptors. */
    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
    }
}
