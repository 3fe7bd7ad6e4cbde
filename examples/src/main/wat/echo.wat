;; echo: copies stdin to stdout until the end of input; exits with the WASI errno if either fails.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: one iovec, 8: bytes read, 12: bytes written, 4096: the buffer
  (memory (export "memory") 2)

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))

  ;; A pipe may take less than it is offered.
  (func $write_all (param $from i32) (param $end i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (i32.store (i32.const 0) (local.get $from))
        (i32.store (i32.const 4) (i32.sub (local.get $end) (local.get $from)))
        (call $check (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
        (local.set $from (i32.add (local.get $from) (i32.load (i32.const 12))))
        (br $next))))

  (func (export "_start")
    (block $done
      (loop $next
        (i32.store (i32.const 0) (i32.const 4096))
        (i32.store (i32.const 4) (i32.const 65536))
        (call $check (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $done (i32.eqz (i32.load (i32.const 8))))
        (call $write_all (i32.const 4096) (i32.add (i32.const 4096) (i32.load (i32.const 8))))
        (br $next)))))
