//go:build amd64 && !purego

// vectorStats, in AVX2.

#include "go_asm.h"
#include "textflag.h"

// func statsAVX2(s *stats, v *int64, n int)
TEXT ·statsAVX2(SB), NOSPLIT, $0-24
	MOVQ s+0(FP), DI
	MOVQ v+8(FP), SI
	MOVQ n+16(FP), CX
	VMOVDQU stats_lo(DI), Y1
	VMOVDQU stats_hi(DI), Y2
	VMOVDQU stats_upper(DI), Y3
	VMOVDQU stats_lower(DI), Y4
	VPCMPEQD Y5, Y5, Y5
	VPSLLQ $63, Y5, Y6      // makes numbers from 0 on of them
	VPSRLQ $32, Y5, Y5      // a lower half

loop:
	VMOVDQU (SI), Y0
	VPCMPGTQ Y0, Y1, Y7
	VPBLENDVB Y7, Y0, Y1, Y1
	VPCMPGTQ Y2, Y0, Y7
	VPBLENDVB Y7, Y0, Y2, Y2
	VPXOR Y6, Y0, Y0
	VPSRLQ $32, Y0, Y7
	VPADDQ Y7, Y3, Y3
	VPAND Y5, Y0, Y0
	VPADDQ Y0, Y4, Y4
	ADDQ $32, SI
	SUBQ $4, CX
	JNE  loop
	VMOVDQU Y1, stats_lo(DI)
	VMOVDQU Y2, stats_hi(DI)
	VMOVDQU Y3, stats_upper(DI)
	VMOVDQU Y4, stats_lower(DI)
	VZEROUPPER
	RET
