// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.log.SystemLogger;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wabt.Wat2WasmModule;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Guests written for the tests, compiled from their text once per JVM. */
public final class GuestModules {
    private static final Map<String, byte[]> COMPILED = new ConcurrentHashMap<>();

    /** Returns at once. */
    public static final String NOTHING = "(module (func (export \"_start\")))";

    /** Turns for ever without a call. */
    public static final String LOOPS =
            "(module (memory (export \"memory\") 1)"
                    + " (func $spin (export \"_start\") (loop $again (br $again))))";

    /** Turns for ever before its entry point is called. */
    public static final String LOOPS_AT_THE_START =
            "(module (func $spin (loop $again (br $again))) (start $spin)"
                    + " (func (export \"_start\")))";

    /** Calls itself until the stack ends. */
    public static final String RECURSES = "(module (func $deep (export \"_start\") (call $deep)))";

    /** Executes {@code unreachable} two calls deep. */
    public static final String TRAPS =
            """
            (module
              (func $inner unreachable)
              (func $outer (call $inner))
              (func $main (export "_start") (call $outer)))
            """;

    /** Divides by zero. */
    public static final String DIVIDES_BY_ZERO =
            """
            (module
              (func $main (export "_start") (drop (i32.div_s (i32.const 1) (i32.const 0)))))
            """;

    /** Sleeps an hour in poll_oneoff. */
    public static final String SLEEPS =
            """
            (module
              (import "wasi_snapshot_preview1" "poll_oneoff"
                (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 3600000000000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """;

    /** Copies its standard input to its standard output. */
    public static final String COPIES_STDIN = copiesStdin(4096);

    /** Writes to its standard output for ever, 4096 bytes at a time. */
    public static final String WRITES_FOR_EVER =
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (i32.store (i32.const 0) (i32.const 1024))
                (i32.store (i32.const 4) (i32.const 4096))
                (loop $again
                  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
                  (br $again))))
            """;

    /** Writes its arguments and then its environment, each ended by a zero byte. */
    public static final String TELLS_ARGUMENTS =
            """
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func $tell (param $size i32)
                (i32.store (i32.const 8) (i32.const 8192))
                (i32.store (i32.const 12) (local.get $size))
                (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
              (func (export "_start")
                (drop (call $args_sizes (i32.const 0) (i32.const 4)))
                (drop (call $args (i32.const 4096) (i32.const 8192)))
                (call $tell (i32.load (i32.const 4)))
                (drop (call $env_sizes (i32.const 0) (i32.const 4)))
                (drop (call $env (i32.const 4096) (i32.const 8192)))
                (call $tell (i32.load (i32.const 4)))))
            """;

    /** Writes its first argument and ends the line. */
    public static final String PRINTS_ARGUMENT =
            """
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (local $end i32)
                (drop (call $args_sizes (i32.const 0) (i32.const 4)))
                (drop (call $args (i32.const 4096) (i32.const 8192)))
                (local.set $end (i32.add (i32.const 8192) (i32.load (i32.const 4))))
                (i32.store8 (i32.sub (local.get $end) (i32.const 1)) (i32.const 10))
                (i32.store (i32.const 8) (i32.load (i32.const 4100)))
                (i32.store (i32.const 12) (i32.sub (local.get $end) (i32.load (i32.const 4100))))
                (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
            """;

    /** Exits with the number that is its first argument. */
    public static final String EXITS_AS_TOLD =
            """
            (module
              (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (local $digit i32)
                (local $code i32)
                (drop (call $args (i32.const 4096) (i32.const 8192)))
                (local.set $digit (i32.load (i32.const 4100)))
                (loop $again
                  (local.set $code
                    (i32.add
                      (i32.mul (local.get $code) (i32.const 10))
                      (i32.sub (i32.load8_u (local.get $digit)) (i32.const 48))))
                  (local.set $digit (i32.add (local.get $digit) (i32.const 1)))
                  (br_if $again (i32.load8_u (local.get $digit))))
                (call $exit (local.get $code))))
            """;

    /** Grows its memory by pages until that fails and exits with the number that it has then. */
    public static final String GROWS_MEMORY =
            """
            (module
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (loop $again
                  (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
                (call $exit (memory.size))))
            """;

    /** Grows its table by 10 entries and exits with the number that it had before. */
    public static final String GROWS_TABLE =
            """
            (module
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (table $t 3 1000000 funcref)
              (func (export "_start")
                (call $exit (table.grow $t (ref.null func) (i32.const 10)))))
            """;

    /** Counts in a global and in memory and exits with the sum. */
    public static final String COUNTS =
            """
            (module
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (global $calls (mut i32) (i32.const 0))
              (func (export "_start")
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
                (call $exit (i32.add (global.get $calls) (i32.load (i32.const 0))))))
            """;

    /** Loops in its start function, before its entry point. */
    public static final String LOOPS_IN_START =
            """
            (module
              (func $spin (loop $again (br $again)))
              (start $spin)
              (func (export "_start")))
            """;

    /** Wants what no host has. */
    public static final String IMPORTS_TOO_MUCH =
            """
            (module
              (import "env" "launch" (func (param i32)))
              (import "wasi_snapshot_preview1" "fd_teleport" (func (result i32)))
              (import "env" "table" (table 1 funcref))
              (func (export "_start")))
            """;

    private GuestModules() {}

    /** Grows its memory, of so many pages at most, until that fails, and gives up. */
    public static String growsAndTraps(int most) {
        return """
        (module
          (memory (export "memory") 1 %d)
          (func (export "_start")
            (loop $again
              (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
            unreachable))
        """
                .formatted(most);
    }

    /** Tries to grow its memory until it has so many pages, and exits with their number. */
    public static String growsTo(int pages) {
        return """
        (module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (loop $again
              (drop (memory.grow (i32.const 1)))
              (br_if $again (i32.lt_u (memory.size) (i32.const %d))))
            (call $exit (memory.size))))
        """
                .formatted(pages);
    }

    /** As {@link #growsTo}, and writes to all of it. */
    public static String fillsTo(int pages) {
        return """
        (module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (loop $again
              (drop (memory.grow (i32.const 1)))
              (memory.fill
                (i32.mul (i32.sub (memory.size) (i32.const 1)) (i32.const 65536))
                (i32.const 7)
                (i32.const 65536))
              (br_if $again (i32.lt_u (memory.size) (i32.const %d))))
            (call $exit (memory.size))))
        """
                .formatted(pages);
    }

    /** Exits with a code. */
    public static String exits(int code) {
        return """
        (module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start") (call $exit (i32.const %d))))
        """
                .formatted(code);
    }

    /**
     * Opens a file below its first directory with the flags, writes {@code hello} into it, or reads
     * from it and writes that to its standard output; exits with the first errno that is not 0.
     */
    public static String opens(String path, int oflags, long rights, boolean writes) {
        return """
        (module
          (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 1024) "%1$s")
          (data (i32.const 2048) "hello")
          (func $check (param $errno i32) (if (local.get $errno) (then (call $exit (local.get $errno)))))
          (func (export "_start")
            (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 1024) (i32.const %2$d)
              (i32.const %3$d) (i64.const %4$d) (i64.const 0) (i32.const 0) (i32.const 0)))
            (i32.store (i32.const 8) (i32.const 2048))
            (i32.store (i32.const 12) (i32.const 5))
            (if (i32.const %5$d)
              (then
                (call $check (call $write (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16))))
              (else
                (call $check (call $read (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16)))
                (i32.store (i32.const 12) (i32.load (i32.const 16)))
                (call $check (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))))
        """
                .formatted(path, path.length(), oflags, rights, writes ? 1 : 0);
    }

    /** Calls a function that takes a directory and a path, and exits with the errno. */
    public static String changes(String function, String path) {
        return """
        (module
          (import "wasi_snapshot_preview1" "%1$s" (func $change (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 1024) "%2$s")
          (func (export "_start")
            (call $exit (call $change (i32.const 3) (i32.const 1024) (i32.const %3$d)))))
        """
                .formatted(function, path, path.length());
    }

    /**
     * Copies its standard input to its standard output and asks for so many bytes at a time,
     * whether it has the memory for them or not.
     */
    public static String copiesStdin(int bytes) {
        return """
        (module
          (import "wasi_snapshot_preview1" "fd_read"
            (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (i32.store (i32.const 0) (i32.const 1024))
            (block $done
              (loop $again
                (i32.store (i32.const 4) (i32.const %d))
                (br_if $done (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                (br_if $done (i32.eqz (i32.load (i32.const 8))))
                (i32.store (i32.const 4) (i32.load (i32.const 8)))
                (br_if $done (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
                (br $again)))))
        """
                .formatted(bytes);
    }

    /** Begins with so much memory. */
    public static String beginsWith(int pages) {
        return "(module (memory (export \"memory\") %d) (func (export \"_start\")))"
                .formatted(pages);
    }

    /** The binary of a module's text, with the names of its functions. */
    public static byte[] binary(String text) {
        return COMPILED.computeIfAbsent(text, GuestModules::compiled).clone();
    }

    private static byte[] compiled(String text) {
        var output = new ByteArrayOutputStream();
        var problems = new ByteArrayOutputStream();
        var options =
                WasiOptions.builder()
                        .withStdin(new ByteArrayInputStream(text.getBytes(UTF_8)))
                        .withStdout(output)
                        .withStderr(problems)
                        .withArguments(List.of("wat2wasm", "--debug-names", "--output=-", "-"))
                        .build();
        try (var wasi =
                WasiPreview1.builder()
                        .withLogger(new SystemLogger())
                        .withOptions(options)
                        .build()) {
            var imports = ImportValues.builder().addFunction(wasi.toHostFunctions()).build();
            Instance.builder(Wat2WasmModule.load())
                    .withMachineFactory(Wat2WasmModule::create)
                    .withImportValues(imports)
                    .build();
        } catch (WasiExitException exit) {
            if (exit.exitCode() != 0) {
                throw new IllegalArgumentException(problems.toString(UTF_8), exit);
            }
        }
        return output.toByteArray();
    }
}
