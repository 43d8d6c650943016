//go:build amd64 && !purego

// within16Go, in AVX2: the values that lie in the range give a bit each, and eight
// bits choose from a table which numbers stand next to each other.

#include "textflag.h"

// HALF writes the numbers of the eight values whose bits are in r.
#define HALF(r) \
	VPMOVZXBD (R9)(r*8), Y8 \
	VPADDD Y2, Y8, Y8       \
	VMOVDQU Y8, (DI)        \
	POPCNTL r, CX           \
	LEAQ (DI)(CX*4), DI     \
	VPADDD Y3, Y2, Y2

// func within16Vectors(dst *int32, body *byte, steps int, first, span uint16, edges *int32, compact *[256]uint64) (n, edgesN int)
TEXT ·within16Vectors(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DI
	MOVQ DI, R8
	MOVQ body+8(FP), SI
	MOVQ steps+16(FP), DX
	MOVWLZX first+24(FP), AX
	VMOVD AX, X0
	VPBROADCASTW X0, Y0
	MOVWLZX span+26(FP), AX
	VMOVD AX, X1
	VPBROADCASTW X1, Y1
	MOVQ edges+32(FP), R10
	MOVQ R10, R11
	XORL R12, R12 // the step's first row
	MOVL $8, AX
	VMOVD AX, X3
	VPBROADCASTD X3, Y3
	VPXOR Y2, Y2, Y2 // the number of the first of eight values
	VPXOR Y6, Y6, Y6
	MOVQ compact+40(FP), R9

step:
	VMOVDQU (SI), Y4
	VPSUBW Y0, Y4, Y4
	VPCMPEQW Y1, Y4, Y7
	VPCMPEQW Y6, Y4, Y8
	VPOR Y8, Y7, Y7
	VPTEST Y7, Y7
	JNZ edge

inside:
	VPMINUW Y1, Y4, Y5
	VPCMPEQW Y5, Y4, Y5
	VEXTRACTI128 $1, Y5, X8
	VPACKSSWB X8, X5, X5
	VPMOVMSKB X5, AX
	MOVBLZX AX, BX
	HALF(BX)
	SHRL $8, AX
	HALF(AX)
	ADDL $16, R12
	ADDQ $32, SI
	DECQ DX
	JNZ step

	SUBQ R8, DI
	SHRQ $2, DI
	MOVQ DI, n+48(FP)
	SUBQ R11, R10
	SHRQ $2, R10
	MOVQ R10, edgesN+56(FP)
	VZEROUPPER
	RET

edge:
	MOVL R12, (R10)
	ADDQ $4, R10
	JMP inside

// func ranged64AVX2(dst *int32, v *int64, steps int, first, last int64, compact *[256]uint64) int
TEXT ·ranged64AVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ v+8(FP), SI
	MOVQ steps+16(FP), CX
	VPBROADCASTQ first+24(FP), Y1
	VPBROADCASTQ last+32(FP), Y2
	MOVQ compact+40(FP), BX
	MOVQ DI, R9
	MOVL $8, AX
	VMOVD AX, X6
	VPBROADCASTD X6, Y6
	VPXOR Y5, Y5, Y5        // the step's first row

loop:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y3
	VPCMPGTQ Y0, Y1, Y4     // below the range
	VPCMPGTQ Y2, Y0, Y7     // above it
	VPOR Y4, Y7, Y7
	VMOVMSKPD Y7, AX
	VPCMPGTQ Y3, Y1, Y4
	VPCMPGTQ Y2, Y3, Y7
	VPOR Y4, Y7, Y7
	VMOVMSKPD Y7, DX
	SHLL $4, DX
	ORL  DX, AX
	XORL $0xff, AX
	VPMOVZXBD (BX)(AX*8), Y8
	VPADDD Y5, Y8, Y8
	VMOVDQU Y8, (DI)
	POPCNTL AX, AX
	LEAQ (DI)(AX*4), DI
	VPADDD Y6, Y5, Y5
	ADDQ $64, SI
	DECQ CX
	JNE  loop
	SUBQ R9, DI
	SHRQ $2, DI
	MOVQ DI, ret+48(FP)
	VZEROUPPER
	RET
