//go:build amd64 && !purego

// vectorDecimals, in AVX and BMI: a decimal has no branch of its own.

#include "textflag.h"

// What the loop looks up, in one place.
//
// 16 bytes from the n-th on: all but the last n are set.
DATA ·tables<>+0(SB)/8, $0xffffffffffffffff
DATA ·tables<>+8(SB)/8, $0xffffffffffffffff
DATA ·tables<>+16(SB)/8, $0
DATA ·tables<>+24(SB)/8, $0

// 16 bytes from the n-th on: the last n are set.
DATA ·tables<>+32(SB)/8, $0
DATA ·tables<>+40(SB)/8, $0
DATA ·tables<>+48(SB)/8, $0xffffffffffffffff
DATA ·tables<>+56(SB)/8, $0xffffffffffffffff
DATA ·tables<>+64(SB)/8, $0xffffffffffffffff
DATA ·tables<>+72(SB)/8, $0xffffffffffffffff

// Powers of ten, from the 18th down.
DATA ·tables<>+80(SB)/8, $1000000000000000000
DATA ·tables<>+88(SB)/8, $100000000000000000
DATA ·tables<>+96(SB)/8, $10000000000000000
DATA ·tables<>+104(SB)/8, $1000000000000000
DATA ·tables<>+112(SB)/8, $100000000000000
DATA ·tables<>+120(SB)/8, $10000000000000
DATA ·tables<>+128(SB)/8, $1000000000000
DATA ·tables<>+136(SB)/8, $100000000000
DATA ·tables<>+144(SB)/8, $10000000000
DATA ·tables<>+152(SB)/8, $1000000000
DATA ·tables<>+160(SB)/8, $100000000
DATA ·tables<>+168(SB)/8, $10000000
DATA ·tables<>+176(SB)/8, $1000000
DATA ·tables<>+184(SB)/8, $100000
DATA ·tables<>+192(SB)/8, $10000
DATA ·tables<>+200(SB)/8, $1000
DATA ·tables<>+208(SB)/8, $100
DATA ·tables<>+216(SB)/8, $10
DATA ·tables<>+224(SB)/8, $1
GLOBL ·tables<>(SB), RODATA|NOPTR, $232

#define FRONT 0
#define BACK 32
#define POWERS 80

#define BYTES(c, x)   \
	MOVL $c, AX      \
	VMOVD AX, x      \
	VPBROADCASTB x, x

#define LONGS(c, x)   \
	MOVL $c, AX      \
	VMOVD AX, x      \
	VPBROADCASTD x, x

// DI  b        SI  at       R8  till
// R9  end of rows           R10 k less their number, R11
// R12 out      R13 33 less the scale
// R14 tables   R15 1 where there is a sign
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
	MOVL $33, R13
	SUBQ scale+56(FP), R13
	LEAQ (R9)(R11*4), R9
	SUBQ R11, R10
	LEAQ ·tables<>(SB), R14
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
	SARQ $1, CX
	SARQ $1, BX
	JS   leave              // no value
	CMPQ CX, $18
	JLT  leave              // its end is not known; and nothing is read in front of b
	XORL R15, R15
	CMPB (DI)(BX*1), $'-'
	SETEQ R15
	ADDQ R15, BX
	NEGQ BX
	ADDQ CX, BX             // bytes without the sign
	LEAQ -2(BX), AX
	CMPQ AX, $15
	JHI  leave              // one digit and the point at least, 16 digits at most

	// The bytes up to the end, and those up to one before it: the digits behind
	// the point are taken from the former, those in front of it from the latter.
	VMOVDQU -16(DI)(CX*1), X0
	VPAND BACK(R14)(BX*1), X0, X0
	VPCMPEQB X8, X0, X2
	VPMOVMSKB X2, AX
	TZCNTL AX, AX
	JCS  noPoint
	NEGQ AX                 // digits behind the point, less 15
	VMOVDQU FRONT+15(R14)(AX*1), X2
	VPBLENDVB X2, -17(DI)(CX*1), X0, X0

digits:
	VPSUBB X9, X0, X0
	VPAND BACK-1(R14)(BX*1), X0, X0 // what is in front of the value counts as zeros
	VPSUBUSB X10, X0, X1
	VPTEST X1, X1
	JNZ  leave              // an exponent, or no decimal
	ADDQ R13, AX            // 18 less the zeros to add
	CMPQ AX, $18
	JHI  leave
	VPMADDUBSW X11, X0, X0
	VPMADDWD X12, X0, X0
	VPACKUSDW X0, X0, X0
	VPMADDWD X13, X0, X0
	VMOVQ X0, CX
	MOVL CX, DX             // the upper eight digits
	SHRQ $32, CX
	IMULQ $100000000, DX
	ADDQ CX, DX
	MULXQ POWERS(R14)(AX*8), AX, BX
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
	JNE  next

leave:
	ADDQ R11, R10
	MOVQ R10, ret+64(FP)
	RET

noPoint:
	// An exponent of one digit, as in 17d3: its letter stands for the point.
	MOVBLZX -2(DI)(CX*1), AX
	ORL  $0x20, AX
	CMPL AX, $'d'
	JNE  leave
	MOVBLZX -1(DI)(CX*1), AX
	SUBL $'0', AX
	CMPL AX, $9
	JHI  leave
	DECQ BX                 // without the exponent's digit
	CMPQ BX, $2
	JLT  leave
	VMOVDQU -18(DI)(CX*1), X0
	NEGQ AX
	SUBQ $15, AX            // so many digits behind the point, less 15
	JMP  digits
