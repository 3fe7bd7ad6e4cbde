// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A library that is loaded by its path (dlopen(3)) and stays loaded.
 *
 * <p>All functions are called in the same way, with nine numbers: both calling conventions (System
 * V x86_64, AAPCS64) pass integers and pointers of any width in the same places, and a function
 * with fewer parameters does not look at the rest. So one method handle serves them all, and
 * floating point and structures by value are for others.
 */
public final class NativeLibrary {
    private static final int PARAMETERS = 9;

    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** Has {@code restricted} suppressed because a downcall is what this class is for. */
    @SuppressWarnings("restricted")
    private static final class Handles {
        private static final MethodHandle CALL =
                Linker.nativeLinker()
                        .downcallHandle(
                                FunctionDescriptor.of(
                                        JAVA_LONG,
                                        Stream.generate(() -> JAVA_LONG)
                                                .limit(PARAMETERS)
                                                .toArray(MemoryLayout[]::new)));
    }

    /**
     * Loads one, which runs what it has to run at first.
     *
     * @throws IOException if the system does not take it for a library
     */
    @SuppressWarnings("restricted") // loading it is what this is for
    public static NativeLibrary load(Path file) throws IOException {
        try {
            return new NativeLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s can't be loaded as a library".formatted(file), e);
        }
    }

    /** The function of a name. */
    public Optional<Function> function(String name) {
        return symbols.find(name).map(it -> new Function(it.address()));
    }

    /** One of its functions. */
    public static final class Function {
        private final long address;

        private Function(long address) {
            this.address = address;
        }

        /**
         * Calls it. Preconditions: whatever memory the numbers point to stays allocated until this
         * returns.
         *
         * @param arguments at most nine
         * @return what it gives, whose upper bits are undefined where that is narrower
         */
        public long invoke(long... arguments) {
            var all = Arrays.copyOf(arguments, PARAMETERS);
            var function = MemorySegment.ofAddress(address);
            try {
                return (long)
                        Handles.CALL.invokeExact(
                                function, all[0], all[1], all[2], all[3], all[4], all[5], all[6],
                                all[7], all[8]);
            } catch (Throwable failure) {
                throw Syscall.unexpected(failure);
            }
        }
    }

    /**
     * What a library can call, for as long as this process lives.
     *
     * @param target of numbers to a number. What it throws ends the process
     * @return the address of a function
     */
    @SuppressWarnings("restricted") // it is called with what it takes, or the library is broken
    public static long callback(MethodHandle target) {
        var parameters =
                Stream.generate(() -> JAVA_LONG)
                        .limit(target.type().parameterCount())
                        .toArray(MemoryLayout[]::new);
        return Linker.nativeLinker()
                .upcallStub(target, FunctionDescriptor.of(JAVA_LONG, parameters), Arena.global())
                .address();
    }
}
