//go:build amd64 && !purego

// vectorPack, in AVX2, and the look-ups of integers' places in a dictionary.

#include "textflag.h"

// func packAVX2(dst *byte, v *int64, n int, lo int64, shift uint, width int, order *[16]byte)
TEXT ·packAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ v+8(FP), SI
	MOVQ n+16(FP), CX
	VPBROADCASTQ lo+24(FP), Y1
	VMOVQ shift+32(FP), X2
	MOVQ width+40(FP), AX
	ADDQ AX, AX             // bytes of two values
	MOVQ order+48(FP), BX
	VBROADCASTI128 (BX), Y3

loop:
	VMOVDQU (SI), Y0
	VPSUBQ Y1, Y0, Y0
	VPSRLQ X2, Y0, Y0
	VPSHUFB Y3, Y0, Y0
	VMOVDQU X0, (DI)        // the rest of each is overwritten by the next one
	VEXTRACTI128 $1, Y0, (DI)(AX*1)
	LEAQ (DI)(AX*2), DI
	ADDQ $32, SI
	SUBQ $4, CX
	JNE  loop
	VZEROUPPER
	RET

// func lookupBMI2(dst *byte, vals *int64, n int, slots *uint16, shift uint, keys *int64, miss *uint8) int
TEXT ·lookupBMI2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DI
	MOVQ vals+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ slots+24(FP), R8
	MOVQ shift+32(FP), R9
	MOVQ keys+40(FP), R10
	MOVQ miss+48(FP), R11
	MOVQ $0x9e3779b97f4a7c15, R12
	XORL R13, R13           // how many were missed
	XORL R14, R14           // the value's number

step:
	MOVQ (SI)(R14*8), AX
	MOVQ AX, DX
	IMULQ R12, DX
	SHRXQ R9, DX, DX
	MOVWLZX (R8)(DX*2), DX
	LEAL -1(DX), BX
	MOVW BX, (DI)(R14*2)
	MOVB R14, (R11)(R13*1)
	XORL BX, BX
	CMPQ AX, (R10)(DX*8)
	SETNE BX
	ADDQ BX, R13
	INCQ R14
	CMPQ R14, CX
	JLT  step
	MOVQ R13, ret+56(FP)
	RET
