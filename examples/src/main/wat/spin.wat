;; spin: says that it runs, then loops for ever without calling anybody.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: bytes written, 16: text
  (memory (export "memory") 1)
  (data (i32.const 16) "spinning\n")

  (func $print (param $text i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (call $print (i32.const 16) (i32.const 9))
    (loop $forever
      (br $forever))))
