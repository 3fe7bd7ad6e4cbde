// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/** Guests that take connections on descriptor 3. What fails is their exit code. */
public final class SocketModules {
    private static final String IMPORTS =
            """
            (module
              (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $state (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 2)
              (func $check (param $errno i32)
                (if (local.get $errno) (then (call $exit (local.get $errno)))))
              (func $vector (param $length i32)
                (i32.store (i32.const 0) (i32.const 4096))
                (i32.store (i32.const 4) (local.get $length)))
              (func $wait (param $descriptor i32)
                (i32.store8 (i32.const 264) (i32.const 1))
                (i32.store (i32.const 272) (local.get $descriptor))
                (i32.store8 (i32.const 312) (i32.const 0))
                (i32.store (i32.const 320) (i32.const 1))
                (i64.store (i32.const 328) (i64.const 3600000000000))
                (call $check (call $poll (i32.const 256) (i32.const 512) (i32.const 2) (i32.const 8)))
                (if (i32.ne (i32.load (i32.const 8)) (i32.const 1)) (then (call $exit (i32.const 101))))
                (call $check (i32.load16_u (i32.const 520))))
            """;

    /** Sends back what comes, one connection after the other, with {@code sock_} functions. */
    public static final String ECHOES =
            IMPORTS
                    + """
                      (func (export "_start")
                        (local $connection i32)
                        (loop $next
                          (call $check (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
                          (local.set $connection (i32.load (i32.const 8)))
                          (block $end
                            (loop $more
                              (call $vector (i32.const 4096))
                              (call $check (call $recv (local.get $connection) (i32.const 0) (i32.const 1)
                                (i32.const 0) (i32.const 8) (i32.const 12)))
                              (br_if $end (i32.eqz (i32.load (i32.const 8))))
                              (call $vector (i32.load (i32.const 8)))
                              (call $check (call $send (local.get $connection) (i32.const 0) (i32.const 1)
                                (i32.const 0) (i32.const 8)))
                              (br $more)))
                          (call $check (call $shutdown (local.get $connection) (i32.const 2)))
                          (call $check (call $close (local.get $connection)))
                          (br $next))))
                    """;

    /** The same for one connection, with {@code fd_} functions and without ever waiting in them. */
    public static final String POLLS =
            IMPORTS
                    + """
                      (func (export "_start")
                        (local $connection i32)
                        (call $check (call $flags (i32.const 3) (i32.const 4)))
                        (call $check (call $state (i32.const 3) (i32.const 64)))
                        (if (i32.ne (i32.load8_u (i32.const 64)) (i32.const 6)) (then (call $exit (i32.const 102))))
                        (if (i32.ne (i32.load16_u (i32.const 66)) (i32.const 4)) (then (call $exit (i32.const 103))))
                        (if (i32.ne (call $accept (i32.const 3) (i32.const 4) (i32.const 8)) (i32.const 6))
                          (then (call $exit (i32.const 104))))
                        (call $wait (i32.const 3))
                        (call $check (call $accept (i32.const 3) (i32.const 4) (i32.const 8)))
                        (local.set $connection (i32.load (i32.const 8)))
                        (block $end
                          (loop $more
                            (call $wait (local.get $connection))
                            (call $vector (i32.const 4096))
                            (call $check (call $read (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 8)))
                            (br_if $end (i32.eqz (i32.load (i32.const 8))))
                            (call $vector (i32.load (i32.const 8)))
                            (call $check (call $write (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 8)))
                            (br $more)))))
                    """;

    /** Waits in {@code poll_oneoff} for a connection. */
    public static final String WAITS =
            IMPORTS + "(func (export \"_start\") (call $wait (i32.const 3))))";

    /** Accepts one and sends for ever to who does not read. */
    public static final String SENDS_FOR_EVER =
            IMPORTS
                    + """
                      (func (export "_start")
                        (call $check (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
                        (call $vector (i32.const 65536))
                        (loop $again
                          (call $check (call $send (i32.load (i32.const 8)) (i32.const 0) (i32.const 1)
                            (i32.const 0) (i32.const 12)))
                          (br $again))))
                    """;

    private SocketModules() {}

    /** Ends with what one call answers; its result is on the stack. */
    public static String calls(String call) {
        return IMPORTS + "(func (export \"_start\") (call $exit " + call + ")))";
    }
}
