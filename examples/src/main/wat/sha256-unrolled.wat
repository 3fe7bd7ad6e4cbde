;; sha256-unrolled: sha256 as libraries have it that a compiler makes: eight rounds at a time, so that no word moves, and nothing
;; called in a round. It tells what loops cost, or what is done in each of them.
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: one iovec, 8: bytes written, 16: digits, 64: text, 256: constants, 512: state, 576: schedule, 1024: a block of zeros,
  ;; 1088: the last block, 4096: pointers to arguments, 8192: arguments
  (memory (export "memory") 1)
  (data (i32.const 16) "0123456789abcdef")
  (data (i32.const 256)
    "\98\2f\8a\42\91\44\37\71\cf\fb\c0\b5\a5\db\b5\e9"
    "\5b\c2\56\39\f1\11\f1\59\a4\82\3f\92\d5\5e\1c\ab"
    "\98\aa\07\d8\01\5b\83\12\be\85\31\24\c3\7d\0c\55"
    "\74\5d\be\72\fe\b1\de\80\a7\06\dc\9b\74\f1\9b\c1"
    "\c1\69\9b\e4\86\47\be\ef\c6\9d\c1\0f\cc\a1\0c\24"
    "\6f\2c\e9\2d\aa\84\74\4a\dc\a9\b0\5c\da\88\f9\76"
    "\52\51\3e\98\6d\c6\31\a8\c8\27\03\b0\c7\7f\59\bf"
    "\f3\0b\e0\c6\47\91\a7\d5\51\63\ca\06\67\29\29\14"
    "\85\0a\b7\27\38\21\1b\2e\fc\6d\2c\4d\13\0d\38\53"
    "\54\73\0a\65\bb\0a\6a\76\2e\c9\c2\81\85\2c\72\92"
    "\a1\e8\bf\a2\4b\66\1a\a8\70\8b\4b\c2\a3\51\6c\c7"
    "\19\e8\92\d1\24\06\99\d6\85\35\0e\f4\70\a0\6a\10"
    "\16\c1\a4\19\08\6c\37\1e\4c\77\48\27\b5\bc\b0\34"
    "\b3\0c\1c\39\4a\aa\d8\4e\4f\ca\9c\5b\f3\6f\2e\68"
    "\ee\82\8f\74\6f\63\a5\78\14\78\c8\84\08\02\c7\8c"
    "\fa\ff\be\90\eb\6c\50\a4\f7\a3\f9\be\f2\78\71\c6")
  (data (i32.const 512)
    "\67\e6\09\6a\85\ae\67\bb\72\f3\6e\3c\3a\f5\4f\a5"
    "\7f\52\0e\51\8c\68\05\9b\ab\d9\83\1f\19\cd\e0\5b")

  (func $swapped (param $word i32) (result i32)
    (i32.or
      (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
      (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))

  (func $schedule (param $block i32)
    (local $at i32) (local $word i32) (local $two i32) (local $fifteen i32)
    (loop $next
      (local.set $word (i32.load offset=0 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=576 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=4 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=580 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=8 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=584 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=12 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=588 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=16 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=592 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=20 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=596 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=24 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=600 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (local.set $word (i32.load offset=28 (i32.add (local.get $block) (local.get $at))))
      (i32.store offset=604 (local.get $at) (i32.or (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (i32.const 64))))
    (loop $next
      (local.set $two (i32.load offset=568 (local.get $at)))
      (local.set $fifteen (i32.load offset=516 (local.get $at)))
      (i32.store offset=576 (local.get $at) (i32.add
        (i32.add (i32.load offset=512 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=548 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=572 (local.get $at)))
      (local.set $fifteen (i32.load offset=520 (local.get $at)))
      (i32.store offset=580 (local.get $at) (i32.add
        (i32.add (i32.load offset=516 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=552 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=576 (local.get $at)))
      (local.set $fifteen (i32.load offset=524 (local.get $at)))
      (i32.store offset=584 (local.get $at) (i32.add
        (i32.add (i32.load offset=520 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=556 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=580 (local.get $at)))
      (local.set $fifteen (i32.load offset=528 (local.get $at)))
      (i32.store offset=588 (local.get $at) (i32.add
        (i32.add (i32.load offset=524 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=560 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=584 (local.get $at)))
      (local.set $fifteen (i32.load offset=532 (local.get $at)))
      (i32.store offset=592 (local.get $at) (i32.add
        (i32.add (i32.load offset=528 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=564 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=588 (local.get $at)))
      (local.set $fifteen (i32.load offset=536 (local.get $at)))
      (i32.store offset=596 (local.get $at) (i32.add
        (i32.add (i32.load offset=532 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=568 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=592 (local.get $at)))
      (local.set $fifteen (i32.load offset=540 (local.get $at)))
      (i32.store offset=600 (local.get $at) (i32.add
        (i32.add (i32.load offset=536 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=572 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (local.set $two (i32.load offset=596 (local.get $at)))
      (local.set $fifteen (i32.load offset=544 (local.get $at)))
      (i32.store offset=604 (local.get $at) (i32.add
        (i32.add (i32.load offset=540 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $fifteen) (i32.const 7)) (i32.rotr (local.get $fifteen) (i32.const 18))) (i32.shr_u (local.get $fifteen) (i32.const 3))))
        (i32.add (i32.load offset=576 (local.get $at)) (i32.xor (i32.xor (i32.rotr (local.get $two) (i32.const 17)) (i32.rotr (local.get $two) (i32.const 19))) (i32.shr_u (local.get $two) (i32.const 10))))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (i32.const 256)))))

  (func $add (param $at i32) (param $word i32)
    (i32.store offset=512 (local.get $at)
      (i32.add (i32.load offset=512 (local.get $at)) (local.get $word))))

  (func $compress (param $block i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $e i32) (local $f i32) (local $g i32) (local $h i32)
    (local $at i32) (local $one i32)
    (call $schedule (local.get $block))
    (local.set $a (i32.load (i32.const 512)))
    (local.set $b (i32.load (i32.const 516)))
    (local.set $c (i32.load (i32.const 520)))
    (local.set $d (i32.load (i32.const 524)))
    (local.set $e (i32.load (i32.const 528)))
    (local.set $f (i32.load (i32.const 532)))
    (local.set $g (i32.load (i32.const 536)))
    (local.set $h (i32.load (i32.const 540)))
    (loop $next
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $h) (i32.xor (i32.xor (i32.rotr (local.get $e) (i32.const 6)) (i32.rotr (local.get $e) (i32.const 11))) (i32.rotr (local.get $e) (i32.const 25))))
          (i32.xor (local.get $g) (i32.and (local.get $e) (i32.xor (local.get $f) (local.get $g)))))
        (i32.add (i32.load offset=256 (local.get $at)) (i32.load offset=576 (local.get $at)))))
      (local.set $d (i32.add (local.get $d) (local.get $one)))
      (local.set $h (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $a) (i32.const 2)) (i32.rotr (local.get $a) (i32.const 13))) (i32.rotr (local.get $a) (i32.const 22))))
        (i32.or (i32.and (local.get $a) (local.get $b)) (i32.and (local.get $c) (i32.or (local.get $a) (local.get $b))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $g) (i32.xor (i32.xor (i32.rotr (local.get $d) (i32.const 6)) (i32.rotr (local.get $d) (i32.const 11))) (i32.rotr (local.get $d) (i32.const 25))))
          (i32.xor (local.get $f) (i32.and (local.get $d) (i32.xor (local.get $e) (local.get $f)))))
        (i32.add (i32.load offset=260 (local.get $at)) (i32.load offset=580 (local.get $at)))))
      (local.set $c (i32.add (local.get $c) (local.get $one)))
      (local.set $g (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $h) (i32.const 2)) (i32.rotr (local.get $h) (i32.const 13))) (i32.rotr (local.get $h) (i32.const 22))))
        (i32.or (i32.and (local.get $h) (local.get $a)) (i32.and (local.get $b) (i32.or (local.get $h) (local.get $a))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $f) (i32.xor (i32.xor (i32.rotr (local.get $c) (i32.const 6)) (i32.rotr (local.get $c) (i32.const 11))) (i32.rotr (local.get $c) (i32.const 25))))
          (i32.xor (local.get $e) (i32.and (local.get $c) (i32.xor (local.get $d) (local.get $e)))))
        (i32.add (i32.load offset=264 (local.get $at)) (i32.load offset=584 (local.get $at)))))
      (local.set $b (i32.add (local.get $b) (local.get $one)))
      (local.set $f (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $g) (i32.const 2)) (i32.rotr (local.get $g) (i32.const 13))) (i32.rotr (local.get $g) (i32.const 22))))
        (i32.or (i32.and (local.get $g) (local.get $h)) (i32.and (local.get $a) (i32.or (local.get $g) (local.get $h))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $e) (i32.xor (i32.xor (i32.rotr (local.get $b) (i32.const 6)) (i32.rotr (local.get $b) (i32.const 11))) (i32.rotr (local.get $b) (i32.const 25))))
          (i32.xor (local.get $d) (i32.and (local.get $b) (i32.xor (local.get $c) (local.get $d)))))
        (i32.add (i32.load offset=268 (local.get $at)) (i32.load offset=588 (local.get $at)))))
      (local.set $a (i32.add (local.get $a) (local.get $one)))
      (local.set $e (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $f) (i32.const 2)) (i32.rotr (local.get $f) (i32.const 13))) (i32.rotr (local.get $f) (i32.const 22))))
        (i32.or (i32.and (local.get $f) (local.get $g)) (i32.and (local.get $h) (i32.or (local.get $f) (local.get $g))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $d) (i32.xor (i32.xor (i32.rotr (local.get $a) (i32.const 6)) (i32.rotr (local.get $a) (i32.const 11))) (i32.rotr (local.get $a) (i32.const 25))))
          (i32.xor (local.get $c) (i32.and (local.get $a) (i32.xor (local.get $b) (local.get $c)))))
        (i32.add (i32.load offset=272 (local.get $at)) (i32.load offset=592 (local.get $at)))))
      (local.set $h (i32.add (local.get $h) (local.get $one)))
      (local.set $d (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $e) (i32.const 2)) (i32.rotr (local.get $e) (i32.const 13))) (i32.rotr (local.get $e) (i32.const 22))))
        (i32.or (i32.and (local.get $e) (local.get $f)) (i32.and (local.get $g) (i32.or (local.get $e) (local.get $f))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $c) (i32.xor (i32.xor (i32.rotr (local.get $h) (i32.const 6)) (i32.rotr (local.get $h) (i32.const 11))) (i32.rotr (local.get $h) (i32.const 25))))
          (i32.xor (local.get $b) (i32.and (local.get $h) (i32.xor (local.get $a) (local.get $b)))))
        (i32.add (i32.load offset=276 (local.get $at)) (i32.load offset=596 (local.get $at)))))
      (local.set $g (i32.add (local.get $g) (local.get $one)))
      (local.set $c (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $d) (i32.const 2)) (i32.rotr (local.get $d) (i32.const 13))) (i32.rotr (local.get $d) (i32.const 22))))
        (i32.or (i32.and (local.get $d) (local.get $e)) (i32.and (local.get $f) (i32.or (local.get $d) (local.get $e))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $b) (i32.xor (i32.xor (i32.rotr (local.get $g) (i32.const 6)) (i32.rotr (local.get $g) (i32.const 11))) (i32.rotr (local.get $g) (i32.const 25))))
          (i32.xor (local.get $a) (i32.and (local.get $g) (i32.xor (local.get $h) (local.get $a)))))
        (i32.add (i32.load offset=280 (local.get $at)) (i32.load offset=600 (local.get $at)))))
      (local.set $f (i32.add (local.get $f) (local.get $one)))
      (local.set $b (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $c) (i32.const 2)) (i32.rotr (local.get $c) (i32.const 13))) (i32.rotr (local.get $c) (i32.const 22))))
        (i32.or (i32.and (local.get $c) (local.get $d)) (i32.and (local.get $e) (i32.or (local.get $c) (local.get $d))))))
      (local.set $one (i32.add
        (i32.add (i32.add (local.get $a) (i32.xor (i32.xor (i32.rotr (local.get $f) (i32.const 6)) (i32.rotr (local.get $f) (i32.const 11))) (i32.rotr (local.get $f) (i32.const 25))))
          (i32.xor (local.get $h) (i32.and (local.get $f) (i32.xor (local.get $g) (local.get $h)))))
        (i32.add (i32.load offset=284 (local.get $at)) (i32.load offset=604 (local.get $at)))))
      (local.set $e (i32.add (local.get $e) (local.get $one)))
      (local.set $a (i32.add (i32.add (local.get $one) (i32.xor (i32.xor (i32.rotr (local.get $b) (i32.const 2)) (i32.rotr (local.get $b) (i32.const 13))) (i32.rotr (local.get $b) (i32.const 22))))
        (i32.or (i32.and (local.get $b) (local.get $c)) (i32.and (local.get $d) (i32.or (local.get $b) (local.get $c))))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (i32.const 256))))
    (call $add (i32.const 0) (local.get $a))
    (call $add (i32.const 4) (local.get $b))
    (call $add (i32.const 8) (local.get $c))
    (call $add (i32.const 12) (local.get $d))
    (call $add (i32.const 16) (local.get $e))
    (call $add (i32.const 20) (local.get $f))
    (call $add (i32.const 24) (local.get $g))
    (call $add (i32.const 28) (local.get $h)))

  (func $number (param $at i32) (result i32)
    (local $value i32)
    (loop $next
      (local.set $value
        (i32.add
          (i32.mul (local.get $value) (i32.const 10))
          (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (br_if $next (i32.load8_u (local.tee $at (i32.add (local.get $at) (i32.const 1))))))
    (local.get $value))

  (func $print
    (local $at i32)
    (loop $next
      (i32.store8 offset=64 (local.get $at)
        (i32.load8_u offset=16
          (i32.and (i32.const 15)
            (i32.shr_u
              (i32.load offset=512 (i32.and (i32.shr_u (local.get $at) (i32.const 1)) (i32.const 28)))
              (i32.sub (i32.const 28)
                (i32.mul (i32.and (local.get $at) (i32.const 7)) (i32.const 4)))))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 64))))
    (i32.store8 (i32.const 128) (i32.const 10))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 65))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (local $kib i32)
    (local $blocks i32)
    (drop (call $args_get (i32.const 4096) (i32.const 8192)))
    (local.set $kib (call $number (i32.load (i32.const 4100))))
    (local.set $blocks (i32.mul (local.get $kib) (i32.const 16)))
    (loop $next
      (call $compress (i32.const 1024))
      (br_if $next (local.tee $blocks (i32.sub (local.get $blocks) (i32.const 1)))))
    ;; What ends a message: a one, zeros, and its length in bits, of which there are less than 2^32.
    (i32.store8 (i32.const 1088) (i32.const 0x80))
    (i32.store (i32.const 1148)
      (call $swapped (i32.mul (local.get $kib) (i32.const 8192))))
    (call $compress (i32.const 1088))
    (call $print)))
