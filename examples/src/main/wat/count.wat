;; count N: prints the numbers from 1 to N, a line each.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: what the calls return, 60: digits, 80: newline, 1024: argv, 8192: the arguments
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

  ;; args[1] as a decimal number, 0 if there is none
  (func $number (result i32)
    (local $text i32)
    (local $digit i32)
    (local $value i32)
    (drop (call $args_sizes_get (i32.const 8) (i32.const 12)))
    (if (i32.lt_u (i32.load (i32.const 8)) (i32.const 2)) (then (return (i32.const 0))))
    (drop (call $args_get (i32.const 1024) (i32.const 8192)))
    (local.set $text (i32.load (i32.const 1028)))
    (block $done
      (loop $next
        (local.set $digit (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))
        (br_if $done (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (local.get $digit)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next)))
    (local.get $value))

  (func (export "_start")
    (local $line i32)
    (local $last i32)
    (local.set $last (call $number))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $line) (local.get $last)))
        (local.set $line (i32.add (local.get $line) (i32.const 1)))
        (call $print_number (local.get $line))
        (br $next)))))
