;; serve: answers every request over HTTP on the socket that it finds open, one after the other; exits with the WASI errno if it cannot.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $sock_recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $sock_shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: one iovec, 8: what the calls return, 64: texts, 4096: the request
  (memory (export "memory") 1)
  (data (i32.const 64) "serving\n")
  (data (i32.const 128)
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 16\r\nConnection: close\r\n\r\nhello from Wasm\n")

  (func $vector (param $address i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $address))
    (i32.store (i32.const 4) (local.get $length)))

  ;; Reads until an empty line or the end, or until there is more of it than fits: 1 if there is a request.
  (func $receive (param $connection i32) (result i32)
    (local $length i32)
    (block $broken
      (loop $more
        (call $vector
          (i32.add (i32.const 4096) (local.get $length))
          (i32.sub (i32.const 8192) (local.get $length)))
        (br_if $broken
          (call $sock_recv (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8) (i32.const 12)))
        (br_if $broken (i32.eqz (i32.load (i32.const 8))))
        (local.set $length (i32.add (local.get $length) (i32.load (i32.const 8))))
        (br_if $broken (i32.ge_u (local.get $length) (i32.const 8192)))
        (br_if $more (i32.lt_u (local.get $length) (i32.const 4)))
        ;; "\r\n\r\n", which a request without a body ends with
        (br_if $more (i32.ne
          (i32.load (i32.add (i32.const 4092) (local.get $length)))
          (i32.const 0x0a0d0a0d))))
      (return (i32.const 1)))
    (i32.const 0))

  (func $answer (param $connection i32)
    (if (call $receive (local.get $connection))
      (then
        (call $vector (i32.const 128) (i32.const 100))
        (drop (call $sock_send (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8)))
        (drop (call $sock_shutdown (local.get $connection) (i32.const 2)))))
    (drop (call $fd_close (local.get $connection))))

  (func (export "_start")
    (local $errno i32)
    (call $vector (i32.const 64) (i32.const 8))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (block $done
      (loop $next
        ;; The first descriptor after the standard streams.
        (local.set $errno (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 8)))
        (br_if $done (local.get $errno))
        (call $answer (i32.load (i32.const 8)))
        (br $next)))
    (call $proc_exit (local.get $errno))))
