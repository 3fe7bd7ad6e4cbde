;; eat: grows its memory until that is refused, and gives up, as a program does whose allocator fails.
(module
  (memory (export "memory") 1)

  (func (export "_start")
    (loop $next
      (br_if $next (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    unreachable))
