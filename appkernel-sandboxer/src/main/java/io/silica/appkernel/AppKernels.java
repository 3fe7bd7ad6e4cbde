// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.AppKernel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The application kernels that there are. A pod whose runtime handler is called as one of them gets
 * that one.
 *
 * @param usual that of all other pods
 * @param others beside it
 */
public record AppKernels(AppKernel usual, List<AppKernel> others) {
    public AppKernels {
        others = List.copyOf(others);
    }

    /** What a runtime handler gets. */
    AppKernel of(String handler) {
        return named(handler).orElse(usual);
    }

    /** The one of a name. */
    Optional<AppKernel> named(String name) {
        return all().filter(it -> it.name().equals(name)).findFirst();
    }

    /** All of them. */
    Stream<AppKernel> all() {
        return Stream.concat(Stream.of(usual), others.stream());
    }
}
