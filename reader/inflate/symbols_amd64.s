//go:build amd64 && !purego && !safe

// The loop of fastGo, step by step, with BMI2's shifts, which take their count
// from any register and leave the flags alone.

#include "go_asm.h"
#include "textflag.h"

// R8  output  R15 its limit  SI where matches may begin
// R9  input   R14 its limit
// R10 acc     R11 nbits
// R12 lit     R13 dist
// AX  the entry at hand
// DI  the inflater
// BX, CX, DX are free.

// REFILL makes sure of 56 bits.
#define REFILL(t, u) \
	MOVQ  (R9), t      \
	SHLXQ R11, t, t    \
	ORQ   t, R10       \
	MOVL  R11, u       \
	NOTL  u            \
	SHRL  $3, u        \
	ANDL  $7, u        \
	ADDQ  u, R9        \
	ORL   $56, R11

// LOOK gets the next entry.
#define LOOK \
	MOVL R10, BX                 \
	ANDL $((1<<const_litBits)-1), BX \
	MOVQ (R12)(BX*8), AX

// LITERALS writes the entry's literals.
#define LITERALS \
	MOVQ AX, CX       \
	MOVL AX, BX       \
	SHRQ $8, CX       \
	SHRL $6, BX       \
	MOVL CX, (R8)     \
	ANDL $3, BX       \
	ADDQ BX, R8

// PASS passes over the entry's bits.
#define PASS \
	SHRXQ AX, R10, R10 \
	SUBQ  AX, R11

// func symbolsBMI2(z *inflater, b []byte, op, first, inLimit, outLimit int) (end, why int)
TEXT ·symbolsBMI2(SB), NOSPLIT, $0-80
	MOVQ z+0(FP), DI
	MOVQ b_base+8(FP), DX
	MOVQ op+32(FP), R8
	ADDQ DX, R8
	MOVQ first+40(FP), SI
	ADDQ DX, SI
	MOVQ outLimit+56(FP), R15
	ADDQ DX, R15
	MOVQ inflater_in(DI), DX
	MOVQ inflater_ip(DI), R9
	ADDQ DX, R9
	MOVQ inLimit+48(FP), R14
	ADDQ DX, R14
	MOVQ inflater_acc(DI), R10
	MOVQ inflater_nbits(DI), R11
	LEAQ inflater_lit(DI), R12
	LEAQ inflater_dist(DI), R13
	REFILL(BX, CX)
	LOOK

loop:
	CMPQ R9, R14
	JHI  short
	CMPQ R8, R15
	JHI  short
	TESTQ AX, AX
	JPL  notLiterals
	LITERALS
	PASS
	LOOK
	TESTQ AX, AX
	JPL  notLiterals
	LITERALS
	PASS
	LOOK
	TESTQ AX, AX
	JPL  refillMatch
	LITERALS
	PASS
	REFILL(BX, CX)
	LOOK
	JMP  loop

refillMatch:
	REFILL(BX, CX)

notLiterals:
	BTQ $62, AX
	JCS special

match:
	LITERALS
	MOVQ  AX, BX
	MOVQ  AX, DX
	SHRQ  $32, BX
	SHRQ  $48, DX
	SHRXQ BX, R10, CX
	SHRQ  $8, BX
	ANDL  $0x1f, BX
	ANDL  BX, CX
	ADDQ  R8, DX
	ADDQ  CX, DX
	PASS
	MOVL  R10, BX
	ANDL  $((1<<const_distBits)-1), BX
	MOVQ  (R13)(BX*8), AX
	BTQ   $62, AX
	JCS   specialDistance

distance:
	MOVQ  AX, BX
	SHRQ  $32, BX
	SHRXQ BX, R10, CX
	SHRQ  $8, BX
	ANDQ  BX, CX
	MOVL  AX, BX
	SHRL  $8, BX
	ANDL  $0x7fff, BX
	ADDQ  BX, CX
	PASS
	REFILL(BX, AX)
	LOOK
	MOVQ  R8, BX
	SUBQ  CX, BX
	CMPQ  BX, SI
	JCS   tooFar
	CMPQ  CX, $16
	JCS   near
	MOVOU (BX), X0
	MOVOU X0, (R8)
	ADDQ  $16, R8
	CMPQ  R8, DX
	JCC   copied

copy:
	ADDQ  $16, BX
	MOVOU (BX), X0
	MOVOU X0, (R8)
	ADDQ  $16, R8
	CMPQ  R8, DX
	JCS   copy

copied:
	MOVQ DX, R8
	JMP  loop

near:
	CMPQ R8, DX
	JCC  copied
	CMPQ CX, $1
	JNE  several
	MOVBLZX -1(R8), BX
	MOVQ $0x0101010101010101, CX
	IMULQ CX, BX

run:
	MOVQ BX, (R8)
	ADDQ $8, R8
	CMPQ R8, DX
	JCS  run
	MOVQ DX, R8
	JMP  loop

several:
	CMPQ CX, $8
	JCS  few

eights:
	MOVQ (BX), X0
	MOVQ X0, (R8)
	ADDQ $8, BX
	ADDQ $8, R8
	CMPQ R8, DX
	JCS  eights
	MOVQ DX, R8
	JMP  loop

few:
	MOVQ (BX), X0
	MOVQ X0, (R8)
	ADDQ CX, BX
	ADDQ CX, R8
	CMPQ R8, DX
	JCS  few
	MOVQ DX, R8
	JMP  loop

special:
	REFILL(BX, CX)
	TESTL $(const_endOfBlock|const_invalidCode), AX
	JNE  noSubtable
	MOVL AX, CX
	SHRL $8, CX
	ANDL $15, CX
	MOVQ R10, BX
	SHRQ $const_litBits, BX
	BZHIQ CX, BX, BX
	SHRQ $32, AX
	ADDL BX, AX
	ANDL $(const_litSize-1), AX
	MOVQ (R12)(AX*8), AX

noSubtable:
	TESTQ AX, AX
	JPL  notLiteral
	MOVQ AX, CX
	SHRQ $8, CX
	MOVL CX, (R8)
	INCQ R8
	PASS
	REFILL(BX, CX)
	LOOK
	JMP  loop

notLiteral:
	BTQ  $62, AX
	JCC  match
	TESTL $const_endOfBlock, AX
	JEQ  noSymbol
	PASS
	MOVL $const_blockDone, BX
	JMP  leave

specialDistance:
	TESTL $const_invalidCode, AX
	JNE  noSymbol
	MOVL AX, CX
	SHRL $8, CX
	ANDL $15, CX
	MOVQ R10, BX
	SHRQ $const_distBits, BX
	BZHIQ CX, BX, BX
	SHRQ $32, AX
	ADDL BX, AX
	ANDL $(const_distSize-1), AX
	MOVQ (R13)(AX*8), AX
	BTQ  $62, AX
	JCC  distance

noSymbol:
	MOVL $const_badSymbol, BX
	JMP  leave

tooFar:
	MOVL $const_badDistance, BX
	JMP  leave

short:
	MOVL $const_wentOn, BX

leave:
	SUBQ b_base+8(FP), R8
	MOVQ R8, end+64(FP)
	MOVQ BX, why+72(FP)
	SUBQ inflater_in(DI), R9
	MOVQ R9, inflater_ip(DI)
	MOVQ R10, inflater_acc(DI)
	MOVQ R11, inflater_nbits(DI)
	RET
