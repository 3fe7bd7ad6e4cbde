;; stderr: prints one line on stdout and one on stderr.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: bytes written, 16: text
  (memory (export "memory") 1)
  (data (i32.const 16) "this is stdout\nthis is stderr\n")

  (func $print (param $fd i32) (param $text i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (i32.const 15))
    (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (call $print (i32.const 1) (i32.const 16))
    (call $print (i32.const 2) (i32.const 31))))
