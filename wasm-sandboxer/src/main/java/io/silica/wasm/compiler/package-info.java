// SPDX-License-Identifier: Apache-2.0

/**
 * Compiles modules in processes that live for one module, and keeps on disk what they made.
 *
 * <pre>
 *   daemon:  CompiledModules --looks into--> ModuleCache: files that only root can write
 *                 |  copies the module, so that what is hashed is what is compiled
 *                 +--starts--> CompilerProcess --Answer, by a pipe--> a file of the cache
 *                                   |
 *   confined:                  CompilerMain: one module, no heap to speak of, limits of the kernel
 * </pre>
 *
 * <p>Modules are hostile, and so is a process that has compiled one: it is told nothing but the
 * bytes of its module, it names nothing, and all that comes of it is kept under the digest that the
 * daemon has taken of those bytes. So the worst that it can make is a bad form of its own module.
 *
 * <p>A compiled module is machine code that a worker runs without looking. Workers get it by
 * descriptors of a mount that the kernel keeps read-only, because the user that they run as owns
 * the files.
 */
@NullMarked
package io.silica.wasm.compiler;

import org.jspecify.annotations.NullMarked;
