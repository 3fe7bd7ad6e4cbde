// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.GuestExit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.types.NameCustomSection;

/** Tells a trap by the Java exception that it is: compiled functions are Java methods. */
final class Trap {
    /** Endive compiles function n to a method of this name and the number. */
    private static final String FUNCTION = "func_";

    private static final String COMPILED = "run.endive.$gen.";
    private static final int FRAMES = 64;

    private Trap() {}

    /**
     * What a guest ended by.
     *
     * @param refused whether it was not given the memory that it had asked for last
     */
    static GuestExit.Trapped of(
            Throwable thrown, @Nullable NameCustomSection names, boolean refused) {
        var innermost = thrown;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return new GuestExit.Trapped(
                message(innermost),
                backtrace(innermost, names),
                refused || innermost instanceof OutOfMemoryError);
    }

    private static String message(Throwable thrown) {
        return switch (thrown) {
            case StackOverflowError _ -> "call stack exhausted";
            case OutOfMemoryError _ -> "the worker is out of memory";
            case ArithmeticException _ -> "integer divide by zero";
            default -> Optional.ofNullable(thrown.getMessage()).orElse(thrown.toString());
        };
    }

    private static List<String> backtrace(Throwable thrown, @Nullable NameCustomSection names) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(COMPILED))
                .filter(frame -> frame.getMethodName().startsWith(FUNCTION))
                .limit(FRAMES)
                .map(frame -> Integer.parseInt(frame.getMethodName().substring(FUNCTION.length())))
                .map(function -> line(function, names))
                .toList();
    }

    private static String line(int function, @Nullable NameCustomSection names) {
        var name = names == null ? null : names.nameOfFunction(function);
        return name == null ? "function " + function : name + " (function " + function + ")";
    }
}
