// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.cgroup.Cgroup;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whom a worker is charged to.
 *
 * @param cgroup where it runs, if not where we do; asked for when one is found or to be started
 * @param share what it may use; asked for when one is to be started
 */
record Payer(Supplier<Optional<Cgroup>> cgroup, Supplier<WorkerShare> share) {
    /** Nobody in particular. */
    static final Payer NODE = new Payer(Optional::empty, WorkerShare::ofNode);
}
