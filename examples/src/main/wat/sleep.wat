;; sleep MILLISECONDS: prints a line, waits, prints another.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: what the calls return, 16: text, 128: a subscription, 192: an event, 1024: argv, 8192: the arguments
  (memory (export "memory") 1)
  (data (i32.const 16) "sleeping\nawake\n")

  (func $print (param $text i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

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

  ;; A subscription to the monotonic clock (tag 0, clock 1) with a relative timeout in nanoseconds.
  (func $sleep (param $milliseconds i32)
    (i32.store offset=16 (i32.const 128) (i32.const 1))
    (i64.store offset=24 (i32.const 128)
      (i64.mul (i64.extend_i32_u (local.get $milliseconds)) (i64.const 1000000)))
    (drop (call $poll_oneoff (i32.const 128) (i32.const 192) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (call $print (i32.const 16) (i32.const 9))
    (call $sleep (call $number))
    (call $print (i32.const 25) (i32.const 6))))
