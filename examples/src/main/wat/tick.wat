;; tick LINES MILLISECONDS CODE: prints the numbers from 1 to LINES, a line each, rests after each, and exits with CODE.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: one iovec, 8: what the calls return, 60: digits, 80: newline, 128: a subscription, 192: an event, 1024: argv, 8192: the arguments
  (memory (export "memory") 1)
  (data (i32.const 80) "\n")

  ;; A write may take less than it is given.
  (func $print (param $text i32) (param $length i32)
    (loop $rest
      (i32.store (i32.const 0) (local.get $text))
      (i32.store (i32.const 4) (local.get $length))
      (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
        (then (call $proc_exit (i32.const 29))))
      (local.set $text (i32.add (local.get $text) (i32.load (i32.const 8))))
      (local.set $length (i32.sub (local.get $length) (i32.load (i32.const 8))))
      (br_if $rest (local.get $length))))

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

  ;; An argument as a decimal number, 0 if there is none
  (func $number (param $argument i32) (result i32)
    (local $text i32)
    (local $digit i32)
    (local $value i32)
    (if (i32.le_u (i32.load (i32.const 8)) (local.get $argument)) (then (return (i32.const 0))))
    (local.set $text (i32.load (i32.add (i32.const 1024) (i32.mul (local.get $argument) (i32.const 4)))))
    (block $done
      (loop $next
        (local.set $digit (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))
        (br_if $done (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (local.get $digit)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next)))
    (local.get $value))

  ;; A subscription to the monotonic clock (tag 0, clock 1) with a relative timeout in nanoseconds.
  (func $sleep (param $milliseconds i32)
    (i32.store offset=16 (i32.const 128) (i32.const 1))
    (i64.store offset=24 (i32.const 128)
      (i64.mul (i64.extend_i32_u (local.get $milliseconds)) (i64.const 1000000)))
    (drop (call $poll_oneoff (i32.const 128) (i32.const 192) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (local $line i32)
    (local $lines i32)
    (local $rest i32)
    (local $code i32)
    (drop (call $args_sizes_get (i32.const 8) (i32.const 12)))
    (drop (call $args_get (i32.const 1024) (i32.const 8192)))
    (local.set $lines (call $number (i32.const 1)))
    (local.set $rest (call $number (i32.const 2)))
    (local.set $code (call $number (i32.const 3)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $line) (local.get $lines)))
        (local.set $line (i32.add (local.get $line) (i32.const 1)))
        (call $print_number (local.get $line))
        (if (local.get $rest) (then (call $sleep (local.get $rest))))
        (br $next)))
    (call $proc_exit (local.get $code))))
