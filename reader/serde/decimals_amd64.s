//go:build amd64 && !purego

// vectorDecimals, in AVX and BMI: a decimal has no branch of its own.

#include "textflag.h"

// 16 bytes of this from the n-th on: all but the last n are set.
DATA ·front<>+0(SB)/8, $0xffffffffffffffff
DATA ·front<>+8(SB)/8, $0xffffffffffffffff
DATA ·front<>+16(SB)/8, $0
DATA ·front<>+24(SB)/8, $0
GLOBL ·front<>(SB), RODATA|NOPTR, $32

// 16 bytes of this from the n-th on: the last n are set.
DATA ·back<>+0(SB)/8, $0
DATA ·back<>+8(SB)/8, $0
DATA ·back<>+16(SB)/8, $0xffffffffffffffff
DATA ·back<>+24(SB)/8, $0xffffffffffffffff
GLOBL ·back<>(SB), RODATA|NOPTR, $32

#define BYTES(c, x)   \
	MOVL $c, AX      \
	VMOVD AX, x      \
	VPBROADCASTB x, x

#define LONGS(c, x)   \
	MOVL $c, AX      \
	VMOVD AX, x      \
	VPBROADCASTD x, x

// DI  b        SI  at       R8  till     R9  rows
// R10 k        R11 their number
// R12 out      R13 scale    R14 powers of ten
// X8 '.'  X9 '0'  X10 9  X11 10, 1  X12 100, 1  X13 10000, 1

// func decimalsAVX2(b *byte, at, till, rows *int32, k, n int, out *int64, scale int) int
TEXT ·decimalsAVX2(SB), NOSPLIT, $0-72
	MOVQ b+0(FP), DI
	MOVQ at+8(FP), SI
	MOVQ till+16(FP), R8
	MOVQ rows+24(FP), R9
	MOVQ k+32(FP), R10
	MOVQ n+40(FP), R11
	MOVQ out+48(FP), R12
	MOVQ scale+56(FP), R13
	LEAQ ·pow10(SB), R14
	BYTES('.', X8)
	BYTES('0', X9)
	BYTES(9, X10)
	LONGS(0x010a010a, X11)
	LONGS(0x00010064, X12)
	LONGS(0x00012710, X13)

next:
	MOVLQSX (R9)(R10*4), AX
	MOVLQSX (SI)(AX*4), BX
	MOVLQSX (R8)(AX*4), CX
	MOVQ BX, DX
	ORQ CX, DX
	JS   leave              // no value, or its end is not known
	SARQ $1, BX
	SARQ $1, CX
	CMPQ CX, $18
	JLT  leave              // nothing is read in front of b
	XORL DX, DX
	CMPB (DI)(BX*1), $'-'
	SETEQ DX                // kept until the end
	ADDQ DX, BX
	NEGQ BX
	ADDQ CX, BX             // bytes without the sign
	ADDQ DI, CX             // the value's end
	LEAQ -2(BX), R15
	CMPQ R15, $15
	JHI  leave              // one digit and the point at least, 16 digits at most

	// The bytes up to the end, and those up to one before it: the digits behind
	// the point are taken from the former, those in front of it from the latter.
	VMOVDQU -16(CX), X0
	VMOVDQU -17(CX), X1
	VPCMPEQB X8, X0, X2
	VPMOVMSKB X2, CX
	MOVL $16, R15
	SUBL BX, R15            // bytes in front of the value; -1 where there are 17 of it
	MOVL $0, AX
	CMOVLLT AX, R15
	SHRXL R15, CX, CX
	TZCNTL CX, CX
	JCS  noPoint
	ADDL R15, CX
	NEGQ CX
	ADDQ $15, CX            // digits behind the point
	LEAQ ·front<>(SB), AX
	VMOVDQU (AX)(CX*1), X2
	VPBLENDVB X2, X1, X0, X0

digits:
	VPSUBB X9, X0, X0
	LEAQ ·back<>(SB), AX
	VPAND -1(AX)(BX*1), X0, X0 // what is in front of the value counts as zeros
	VPSUBUSB X10, X0, X1
	VPTEST X1, X1
	JNZ  leave              // an exponent, or no decimal
	VPMADDUBSW X11, X0, X0
	VPMADDWD X12, X0, X0
	VPACKUSDW X0, X0, X0
	VPMADDWD X13, X0, X0
	VMOVQ X0, AX
	MOVL AX, BX             // the upper eight digits
	SHRQ $32, AX
	IMULQ $100000000, BX
	ADDQ AX, BX

	NEGQ CX
	ADDQ R13, CX            // zeros to add
	CMPQ CX, $18
	JHI  leave
	MOVQ DX, R15
	MOVQ BX, DX
	MULXQ (R14)(CX*8), AX, BX
	TESTQ BX, BX
	JNE  leave
	TESTQ AX, AX
	JS   leave
	NEGQ R15
	XORQ R15, AX
	SUBQ R15, AX
	MOVLQSX (R9)(R10*4), BX
	MOVQ AX, (R12)(BX*8)
	INCQ R10
	CMPQ R10, R11
	JLT  next

leave:
	MOVQ R10, ret+64(FP)
	RET

noPoint:
	// An exponent of one digit, as in 17d3: its letter stands for the point.
	MOVLQSX (R9)(R10*4), AX
	MOVLQSX (R8)(AX*4), CX
	SARQ $1, CX
	ADDQ DI, CX
	MOVBLZX -2(CX), AX
	ORL  $0x20, AX
	CMPL AX, $'d'
	JNE  leave
	MOVBLZX -1(CX), AX
	SUBL $'0', AX
	CMPL AX, $9
	JHI  leave
	DECQ BX                 // without the exponent's digit
	CMPQ BX, $2
	JLT  leave
	VMOVDQU -18(CX), X0
	NEGQ AX
	MOVQ AX, CX             // so many digits behind the point
	JMP  digits
