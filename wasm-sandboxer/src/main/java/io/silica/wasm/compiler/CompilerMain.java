// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.linux.FileStatus;
import io.silica.linux.OpenFile;
import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.wasmtime.WasmtimeCompiler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The composition root of a compiler: {@code CompilerMain LIBRARY}. It inherits the module's file
 * as {@link #MODULE}, a pipe for its {@link Answer} as {@link #ANSWER}, and as its standard input a
 * pipe that ends when nobody wants the answer any more.
 */
public final class CompilerMain {
    static final int MODULE = 3;
    static final int ANSWER = 4;

    /** What the library compiles may be nested. */
    private static final long STACK_BYTES = 8L << 20;

    private static final int GIVEN_UP = 3;

    private CompilerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        var library = Path.of(arguments[0]);
        Thread.ofPlatform().name("compiler-wanted").daemon().start(CompilerMain::endUnwanted);
        Thread.ofPlatform()
                .name("compiler")
                .stackSize(STACK_BYTES)
                .start(() -> answer(library))
                .join();
        Runtime.getRuntime().halt(0);
    }

    /** A daemon that dies closes what it has open. */
    private static void endUnwanted() {
        try {
            int _ = System.in.read();
        } catch (IOException _) {
            // It is no pipe that could be read: then nobody waits at its other end either.
        }
        Runtime.getRuntime().halt(GIVEN_UP);
    }

    private static void answer(Path library) {
        try (var answer = Descriptor.adopt(ANSWER, "the answer");
                var module = Descriptor.adopt(MODULE, "the module");
                var arena = Arena.ofConfined()) {
            try {
                WasmtimeCompiler.compile(
                        library,
                        read(module, arena),
                        compiled -> Answer.write(answer, Answer.COMPILED, compiled));
            } catch (ModuleException e) {
                Answer.write(answer, Answer.REFUSED, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                Answer.write(answer, Answer.UNABLE, String.valueOf(e.getMessage()));
            }
        }
    }

    private static MemorySegment read(Descriptor module, Arena arena) {
        long size = FileStatus.of(module).size();
        var bytes = arena.allocate(Math.max(1, size)).asSlice(0, size);
        if (!new OpenFile(module).fill(bytes, 0)) {
            throw new ModuleException.Truncated("it became shorter");
        }
        return bytes;
    }
}
