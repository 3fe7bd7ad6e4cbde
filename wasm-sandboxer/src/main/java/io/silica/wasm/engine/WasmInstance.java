// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/**
 * One run of a module. {@link #run} is called once; {@link #interrupt} may be called by any thread
 * before, during and after it.
 */
public interface WasmInstance {
    /**
     * Takes the memory from the guest's allowance, calls the start function and the export {@code
     * _start}, and returns when the guest has ended, with all of it given back. The calling thread
     * must be a platform thread of the caller's own: a guest that loops would keep a virtual
     * thread's carrier for itself.
     *
     * @throws IllegalStateException if it has been called before
     */
    GuestExit run();

    /**
     * Ends the guest soon, whatever it does: loops, sleeps in {@code poll_oneoff}, or waits in a
     * read or write of a stream that obeys {@link Thread#interrupt}. Before {@link #run} it makes
     * that return at once; after it, nothing happens.
     */
    void interrupt();
}
