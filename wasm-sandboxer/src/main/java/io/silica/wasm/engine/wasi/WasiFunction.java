// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.LinuxException;

/**
 * A function of WASI preview 1: it reads and writes the guest's memory, and fails with an errno.
 */
@FunctionalInterface
public interface WasiFunction {
    /**
     * Calls it.
     *
     * @param args as the guest gives them; pointers and numbers of 32 bits are their low halves
     * @throws WasiFailure to answer with an errno
     * @throws LinuxException to answer with the errno that the kernel gave
     */
    void call(Memory memory, long[] args);

    /**
     * Calls it.
     *
     * @return the errno that the guest gets, 0 for success
     * @throws GuestExitException if the guest asked for its end
     * @throws GuestInterruptedException if the guest is being ended
     */
    default int errno(Memory memory, long[] args) {
        try {
            call(memory, args);
            return WasiErrno.SUCCESS;
        } catch (WasiFailure e) {
            return e.errno();
        } catch (LinuxException e) {
            return WasiErrno.of(e.errno());
        }
    }
}
