// SPDX-License-Identifier: Apache-2.0

/**
 * The process that runs guests. It opens nothing itself: directories, modules and streams are
 * descriptors that the daemon hands over, and preopens are reached by way of {@code /proc/self/fd},
 * below which the kernel resolves paths. It runs confined: see {@link io.silica.wasm.confinement}.
 *
 * <pre>
 *   descriptor 3: Acceptor -> TtrpcServer -> TaskService -> Guests -> Guest -> GuestRun (a platform thread)
 *   descriptor 4: Acceptor -> DescriptorInbox ----claim----^              `-> WasmInstance
 * </pre>
 *
 * <p>It outlives the daemon: guests and exit statuses stay until Task.Delete, whoever asks. Without
 * guests and connections it ends by itself after a while, see {@link
 * io.silica.wasm.worker.IdleWatch}.
 *
 * <p>Threads: guests and compilations have platform threads of their own, calls have virtual ones;
 * so a guest that loops delays no answer.
 */
@NullMarked
package io.silica.wasm.worker;

import org.jspecify.annotations.NullMarked;
