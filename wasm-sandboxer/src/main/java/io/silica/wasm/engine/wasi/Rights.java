// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

/** Bits of {@code rights}, which WASI has given up and libraries still ask for. */
final class Rights {
    static final long READ = 1 << 1;
    static final long WRITE = 1 << 6;

    /** Everything that begins with {@code fd_} and makes sense for a file. */
    static final long OF_FILES = 0x1FF | 0x7 << 21 | 1 << 27;

    /** Everything that begins with {@code path_}, and what makes sense for a directory. */
    static final long OF_DIRECTORIES = 1 << 3 | 1 << 4 | 0xFFF << 9 | 1 << 21 | 0xF << 23 | 1 << 27;

    /** Reading, writing, their waits and {@code sock_shutdown}. */
    static final long OF_CONNECTIONS = READ | WRITE | 1 << 3 | 1 << 21 | 1 << 27 | 1 << 28;

    /** {@code sock_accept} and the wait for it. */
    static final long OF_LISTENERS = 1 << 3 | 1 << 21 | 1 << 27 | 1 << 29;

    private Rights() {}
}
