//go:build amd64 && !purego

// The loops of Texts and Places, in AVX2: a text has no branch of its own.

#include "go_asm.h"
#include "textflag.h"

// The digits of the first 16 bytes, year to minutes.
DATA ·fields<>+0(SB)/8, $0x0908060503020100
DATA ·fields<>+8(SB)/8, $0x808080800f0e0c0b
GLOBL ·fields<>(SB), RODATA|NOPTR, $16

// What the pairs of digits count, of the first bytes: a year's hundreds and its
// years; months and days for the table of days; minutes and hours in seconds.
// Of the last: hundreds and ones twice; nothing; seconds.
DATA ·weights<>+0(SB)/8, $0x0001004000010064
DATA ·weights<>+8(SB)/8, $0x00000000003c0e10
DATA ·weights<>+16(SB)/8, $0x0001006400010064
DATA ·weights<>+24(SB)/8, $0x0000000100000000
GLOBL ·weights<>(SB), RODATA|NOPTR, $32

// LOAD has in registers what a text needs: Y15 tens and ones, Y14 weights, X13 the
// shuffle of the first bytes, X12 that of the last, X11 and X10 what is taken off,
// X9 and X8 what may be left; R8 years, R9 days, R10 ticks a second.
#define LOAD                                       \
	MOVL $0x010a010a, AX                        \
	VMOVD AX, X15                               \
	VPBROADCASTD X15, Y15                       \
	VMOVDQU ·weights<>(SB), Y14                 \
	VMOVDQU ·fields<>(SB), X13                  \
	VMOVDQU form_shuffle(DI), X12               \
	VMOVDQU form_first(DI), X11                 \
	VMOVDQU form_last(DI), X10                  \
	VMOVDQU form_firstMost(DI), X9              \
	VMOVDQU form_lastMost(DI), X8               \
	MOVQ form_years(DI), R8                     \
	MOVQ form_days(DI), R9                      \
	MOVQ form_unit(DI), R10

// PARSE makes AX the ticks of the text at BX, whose last 16 bytes are at CX. DX and
// R15 are used.
#define PARSE(leave)                               \
	VMOVDQU (BX), X0                            \
	VMOVDQU (CX), X1                            \
	VPSUBB X11, X0, X0                          \
	VPSUBB X10, X1, X1                          \
	VPSUBUSB X9, X0, X2                         \
	VPSUBUSB X8, X1, X3                         \
	VPOR X2, X3, X2                             \
	VPTEST X2, X2                               \
	JNZ  leave                                  \
	VPSHUFB X13, X0, X0                         \
	VPSHUFB X12, X1, X1                         \
	VINSERTI128 $1, X1, Y0, Y0                  \
	VPMADDUBSW Y15, Y0, Y0                      \
	VPMADDWD Y14, Y0, Y0                        \
	VEXTRACTI128 $1, Y0, X1                     \
	VMOVQ X0, BX                                \
	MOVL BX, AX                                 \
	SUBL $const_firstYear, AX                   \
	CMPL AX, $255                               \
	JHI  leave                                  \
	SHRQ $32, BX                                \
	MOVLQSX (R8)(AX*4), AX                      \
	MOVQ AX, CX                                 \
	ANDL $1, CX                                 \
	IMULQ $1280, CX                             \
	ADDQ CX, BX                                 \
	SARQ $1, AX                                 \
	MOVWQSX (R9)(BX*2), BX                      \
	TESTQ BX, BX                                \
	JS   leave                                  \
	ADDQ BX, AX                                 \
	IMULQ $86400, AX                            \
	VPEXTRD $2, X0, BX                          \
	CMPL BX, $86400                             \
	JCC  leave                                  \
	ADDQ BX, AX                                 \
	VPEXTRD $3, X1, BX                          \
	ADDQ BX, AX                                 \
	IMULQ R10, AX                               \
	VMOVQ X1, BX                                \
	MOVL BX, CX                                 \
	SHRQ $32, BX                                \
	IMULQ $10000, CX                            \
	ADDQ CX, AX                                 \
	ADDQ BX, AX

// func textsAVX2(f *form, dst *int64, texts *string, n int) int
TEXT ·textsAVX2(SB), NOSPLIT, $0-40
	MOVQ f+0(FP), DI
	MOVQ dst+8(FP), SI
	MOVQ texts+16(FP), R11
	MOVQ n+24(FP), R12
	LOAD
	MOVQ form_size(DI), R13
	XORL DI, DI

textsNext:
	CMPQ R13, 8(R11)
	JNE  textsLeave
	MOVQ (R11), BX
	LEAQ -16(BX)(R13*1), CX
	PARSE(textsLeave)
	MOVQ AX, (SI)(DI*8)
	ADDQ $16, R11
	INCQ DI
	CMPQ DI, R12
	JLT  textsNext

textsLeave:
	MOVQ DI, ret+32(FP)
	VZEROUPPER
	RET

// func placesAVX2(f *form, dst *int64, b *byte, at, till, rows *int32, k, n int) int
TEXT ·placesAVX2(SB), NOSPLIT, $0-72
	MOVQ f+0(FP), DI
	MOVQ dst+8(FP), SI
	MOVQ rows+40(FP), R11
	MOVQ k+48(FP), R12
	LOAD
	MOVQ form_size(DI), R13
	LEAQ 2(R13)(R13*1), R13
	ADDQ $2, R13            // twice the size, with the quotes
	MOVQ at+24(FP), DI
	MOVQ till+32(FP), DX
	MOVQ b+16(FP), R14

placesNext:
	MOVLQSX (R11)(R12*4), R15
	MOVLQSX (DI)(R15*4), BX
	MOVLQSX (DX)(R15*4), CX
	TESTQ BX, BX
	JS   placesLeave
	MOVQ BX, AX
	ANDQ $-2, AX
	NEGQ AX
	ADDQ CX, AX             // not known, or an escape sequence: it is not the size
	CMPQ AX, R13
	JNE  placesLeave
	SARQ $1, BX
	SARQ $1, CX
	ADDQ R14, BX
	ADDQ R14, CX
	CMPB (BX), $'"'
	JNE  placesLeave
	INCQ BX
	SUBQ $17, CX
	PARSE(placesLeave)
	MOVQ AX, (SI)(R15*8)
	INCQ R12
	CMPQ R12, n+56(FP)
	JLT  placesNext

placesLeave:
	MOVQ R12, ret+64(FP)
	VZEROUPPER
	RET
