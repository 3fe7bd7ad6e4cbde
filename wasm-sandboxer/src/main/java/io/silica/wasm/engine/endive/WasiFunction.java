// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.linux.LinuxException;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Memory;

/**
 * A function of WASI preview 1: it reads and writes the guest's memory, and fails with an errno.
 */
@FunctionalInterface
interface WasiFunction {
    /**
     * Calls it.
     *
     * @param args as the guest gives them; pointers and numbers of 32 bits are their low halves
     * @throws WasiFailure to answer with an errno
     * @throws LinuxException to answer with the errno that the kernel gave
     */
    void call(Memory memory, long[] args);

    /** This in the place of another one of the same name. */
    default HostFunction inPlaceOf(HostFunction function) {
        return new HostFunction(
                function.module(),
                function.name(),
                function.functionType(),
                (instance, args) -> new long[] {errno(instance.memory(), args)});
    }

    private int errno(Memory memory, long[] args) {
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
