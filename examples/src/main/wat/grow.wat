;; grow: grows its memory until that is refused, then prints the number of its pages (64 KiB each).
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: bytes written, 60: digits, 80: newline
  (memory (export "memory") 1)
  (data (i32.const 80) "\n")

  (func $print (param $text i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  ;; Prints a number and a newline; the digits are written backwards from 79, the newline is at 80.
  (func $print_number (param $value i32)
    (local $at i32)
    (local.set $at (i32.const 80))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
      (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
      (br_if $next (local.get $value)))
    (call $print (local.get $at) (i32.sub (i32.const 81) (local.get $at))))

  (func $grow_by (param $pages i32)
    (loop $next
      (br_if $next (i32.ne (memory.grow (local.get $pages)) (i32.const -1)))))

  ;; Megabytes first: an engine may copy the memory at each step.
  (func (export "_start")
    (call $grow_by (i32.const 256))
    (call $grow_by (i32.const 16))
    (call $grow_by (i32.const 1))
    (call $print_number (memory.size))))
