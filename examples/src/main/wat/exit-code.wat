;; exit-code N: exits with N.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 8: what the calls return, 1024: argv, 8192: the arguments
  (memory (export "memory") 1)

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
    (call $proc_exit (call $number))))
