;; write PATH TEXT: creates or replaces a file that holds the text; exits with the WASI errno if it cannot.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: one iovec, 8: what the calls return, 16: a prestat, 1024: argv, 4096: a directory's name, 8192: the arguments
  (memory (export "memory") 1)

  (func $length (param $text i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $text))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $text)))

  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))

  ;; How much of the path the preopened directory covers: 0 if the path is not beneath it.
  (func $covered (param $path i32) (param $directory i32) (param $length i32) (result i32)
    (local $at i32)
    (local $next i32)
    (block $differs
      (loop $same
        (if (i32.lt_u (local.get $at) (local.get $length))
          (then
            (br_if $differs (i32.ne
              (i32.load8_u (i32.add (local.get $path) (local.get $at)))
              (i32.load8_u (i32.add (local.get $directory) (local.get $at)))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $same))))
      ;; "/" covers everything; "/data" covers "/data/x", not "/database".
      (if (i32.eq (local.get $length) (i32.const 1)) (then (return (i32.const 1))))
      (local.set $next (i32.load8_u (i32.add (local.get $path) (local.get $length))))
      (br_if $differs (i32.ne (local.get $next) (i32.const 47)))
      (return (i32.add (local.get $length) (i32.const 1))))
    (i32.const 0))

  ;; Opens the path beneath the preopened directory that covers most of it; exits with the errno.
  (func $open (param $path i32) (param $oflags i32) (param $rights i64) (result i32)
    (local $fd i32)
    (local $best i32)
    (local $best_covered i32)
    (local $covered i32)
    (local.set $fd (i32.const 3))
    (local.set $best (i32.const 3))
    (block $done
      (loop $next
        (br_if $done (call $fd_prestat_get (local.get $fd) (i32.const 16)))
        (call $check (call $fd_prestat_dir_name (local.get $fd) (i32.const 4096) (i32.load (i32.const 20))))
        (local.set $covered (call $covered (local.get $path) (i32.const 4096) (i32.load (i32.const 20))))
        (if (i32.gt_u (local.get $covered) (local.get $best_covered))
          (then
            (local.set $best (local.get $fd))
            (local.set $best_covered (local.get $covered))))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))
    (local.set $path (i32.add (local.get $path) (local.get $best_covered)))
    (call $check (call $path_open (local.get $best) (i32.const 1)
      (local.get $path) (call $length (local.get $path))
      (local.get $oflags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 8)))
    (i32.load (i32.const 8)))

  ;; Exits with 28 (EINVAL) if there are fewer than $wanted arguments after args[0].
  (func $read_args (param $wanted i32)
    (call $check (call $args_sizes_get (i32.const 8) (i32.const 12)))
    (if (i32.le_u (i32.load (i32.const 8)) (local.get $wanted)) (then (call $proc_exit (i32.const 28))))
    (call $check (call $args_get (i32.const 1024) (i32.const 8192))))

  (func (export "_start")
    (local $fd i32)
    (local $text i32)
    (call $read_args (i32.const 2))
    (local.set $text (i32.load (i32.const 1032)))
    ;; oflags: create and truncate; rights: fd_write
    (local.set $fd (call $open (i32.load (i32.const 1028)) (i32.const 9) (i64.const 64)))
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (call $length (local.get $text)))
    (call $check (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))))
