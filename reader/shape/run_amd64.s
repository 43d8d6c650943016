//go:build amd64 && !purego

// run: the loop, in AVX2 and BMI. Labels are those of run.go, which says why.

#include "go_asm.h"
#include "textflag.h"

// DI  the Scanner         SI  its bytes
// R8  where we are        R14 not zero: the string at hand is not ASCII
// R9  steps of the level  R10 their number
// R11 next                R12 the step at hand
// R13 list                DX  depth
// Y8  quotes  Y9 backslashes  Y10 0x1f  Y11 '0'  Y12 9
// AX, BX, CX, R15 are free.

// levelOf makes R9 and R10 of the level whose number is in r.
#define LEVEL(r) \
	SHLQ $6, r                    \
	ADDQ Scanner_levels(DI), r    \
	MOVQ level_steps(r), R9       \
	MOVQ (level_steps+8)(r), R10

// BYTES fills a register with a byte.
#define BYTES(c, x, y) \
	MOVL $c, AX         \
	VMOVD AX, x         \
	VPBROADCASTB x, y

// PLACE makes 2*i of where we are, in BX.
#define PLACE \
	MOVQ R8, BX \
	SUBQ SI, BX \
	ADDQ BX, BX

// func runVectors(s *Scanner) int
TEXT ·runVectors(SB), NOSPLIT, $0-16
	MOVQ s+0(FP), DI
	MOVQ Scanner_b(DI), SI
	MOVQ Scanner_i(DI), R8
	ADDQ SI, R8
	MOVQ Scanner_next(DI), R11
	MOVQ Scanner_list(DI), R13
	MOVQ Scanner_depth(DI), DX
	MOVQ Scanner_high(DI), R14
	MOVQ Scanner_level(DI), CX
	LEVEL(CX)
	MOVQ R11, R12
	SHLQ $6, R12
	LEAQ -step__size(R9)(R12*1), R12
	BYTES('"', X8, Y8)
	BYTES('\\', X9, Y9)
	BYTES(0x1f, X10, Y10)
	BYTES('0', X11, Y11)
	BYTES(9, X12, Y12)
	MOVQ Scanner_state(DI), AX
	CMPQ AX, $const_afterValue
	JEQ  after
	CMPQ AX, $const_beginValue
	JEQ  begin
	CMPQ AX, $const_atValue
	JEQ  value
	CMPQ AX, $const_inString
	JEQ  text
	CMPQ AX, $const_behindValue
	JEQ  behind

record:
	MOVQ Scanner_row(DI), AX
	CMPQ AX, Scanner_rows(DI)
	JEQ  askFull

space:
	MOVBLZX (R8), AX
	LEAL -9(AX), CX
	CMPL CX, $4
	JLS  isSpace
	CMPL AX, $' '
	JEQ  isSpace
	MOVQ R8, BX
	SUBQ SI, BX
	CMPQ BX, Scanner_last(DI)
	JGE  askEnd
	MOVQ BX, Scanner_start(DI)
	MOVQ $const_wordIVM, CX
	CMPQ CX, (R8)
	JNE  noMarker
	MOVBLZX 8(R8), AX
	LEAL -9(AX), CX
	CMPL CX, $4
	JLS  marker
	CMPL AX, $' '
	JNE  askGaveUp

marker:
	ADDQ $9, R8
	MOVBLZX (R8), AX

noMarker:
	CMPL AX, $'{'
	JNE  askGaveUp
	MOVBLZX 1(R8), AX
	CMPL AX, $'{'
	JEQ  askGaveUp
	INCQ R8
	XORL R11, R11
	XORL R13, R13
	XORL DX, DX
	XORL CX, CX
	MOVQ CX, Scanner_level(DI)
	LEVEL(CX)
	CMPL AX, $'}'
	JNE  field
	INCQ R8
	JMP  recordEnd

isSpace:
	INCQ R8
	JMP  space

// NAME compares the name of the step at BX, the CX-th.
#define NAME(offset) \
	VPCMPEQB (step_name+offset*step__size)(BX), Y0, Y1 \
	VPMOVMSKB Y1, AX                                    \
	ANDNL (step_mask+offset*step__size)(BX), AX, AX

field:
	VMOVDQU (R8), Y0
	MOVQ R11, BX
	SHLQ $6, BX
	ADDQ R9, BX
	CMPQ R11, R10
	JGE  askFieldName
	NAME(0)
	JEQ  found
	LEAQ 1(R11), CX
	CMPQ CX, R10
	JGE  askFieldName
	ADDQ $step__size, BX
	NAME(0)
	JEQ  foundLater
	INCQ CX
	CMPQ CX, R10
	JGE  askFieldName
	ADDQ $step__size, BX
	NAME(0)
	JEQ  foundLater
	INCQ CX
	CMPQ CX, R10
	JGE  askFieldName
	ADDQ $step__size, BX
	NAME(0)
	JNE  askFieldName

foundLater:
	MOVL step_size(BX), AX
	CMPL AX, $const_nameLen
	JGT  askFieldName
	MOVQ CX, R11

found:
	MOVL step_size(BX), AX
	CMPL AX, $const_nameLen
	JGT  askFieldName
	INCQ R11
	ADDQ AX, R8
	MOVQ BX, R12

begin:
	MOVLQSX step_column(R12), AX
	TESTL AX, AX
	JS   noColumn
	IMULQ Scanner_pageRows(DI), AX
	ADDQ Scanner_row(DI), AX
	MOVQ Scanner_at(DI), CX
	PLACE
	MOVL BX, (CX)(AX*4)

value:
	MOVBLZX (R8), AX
	CMPL AX, $'"'
	JNE  notString
	MOVQ R8, BX
	SUBQ SI, BX
	MOVQ BX, Scanner_from(DI)
	XORL R14, R14
	MOVQ R14, Scanner_escaped(DI)
	INCQ R8

text:
	VMOVDQU (R8), Y0
	VPCMPEQB Y8, Y0, Y1
	VPCMPEQB Y9, Y0, Y2
	VPMINUB Y10, Y0, Y3
	VPCMPEQB Y3, Y0, Y3
	VPOR Y1, Y2, Y2
	VPOR Y2, Y3, Y3
	VPMOVMSKB Y3, AX
	VPMOVMSKB Y0, CX
	TESTL AX, AX
	JEQ  longText
	TZCNTL AX, BX
	BZHIL BX, CX, CX
	ORL  CX, R14
	ADDQ BX, R8
	MOVBLZX (R8), AX
	CMPL AX, $'"'
	JNE  special
	INCQ R8
	TESTL R14, R14
	JNE  askCheckText

after:
	TESTL R13, R13
	JNE  behindItem
	MOVLQSX step_column(R12), AX
	TESTL AX, AX
	JS   noColumnEnds
	IMULQ Scanner_pageRows(DI), AX
	ADDQ Scanner_row(DI), AX
	MOVQ Scanner_till(DI), CX
	PLACE
	ORQ  Scanner_escaped(DI), BX
	MOVL BX, (CX)(AX*4)

behindField:
	MOVBLZX (R8), AX
	CMPL AX, $','
	JNE  closing
	INCQ R8
	JMP  field

closing:
	CMPL AX, $'}'
	JNE  askGaveUp

pop:
	INCQ R8
	SUBQ $1, DX
	JCS  rootEnd
	MOVQ Scanner_stack(DI)(DX*8), CX
	MOVL CX, R11
	MOVL CX, R13
	SHRL $1, R11
	ANDL $1, R13
	SHRQ $32, CX
	MOVQ CX, Scanner_level(DI)
	LEVEL(CX)
	MOVQ R11, R12
	SHLQ $6, R12
	LEAQ -step__size(R9)(R12*1), R12
	JMP  after

rootEnd:
	XORL DX, DX

recordEnd:
	MOVQ Scanner_row(DI), AX
	MOVQ Scanner_start(DI), BX
	MOVQ Scanner_starts(DI), CX
	MOVL BX, (CX)(AX*4)
	INCQ AX
	MOVQ AX, Scanner_row(DI)
	JMP  record

behind:
	TESTL R13, R13
	JEQ  behindField

behindItem:
	MOVBLZX (R8), AX
	CMPL AX, $','
	JNE  closingList
	INCQ R8
	JMP  value

closingList:
	CMPL AX, $']'
	JNE  askGaveUp
	JMP  pop

noColumn:
	CMPL AX, $const_noColumn
	JEQ  value
	MOVL $const_setBegin, AX
	JMP  leave

noColumnEnds:
	CMPL AX, $const_noColumn
	JEQ  behindField
	MOVL $const_setEnd, AX
	JMP  leave

longText:
	ORL  CX, R14
	ADDQ $32, R8
	JMP  text

special:
	CMPL AX, $'\\'
	JNE  control
	MOVBLZX 1(R8), AX
	CMPL AX, $128
	JGE  askEscape
	LEAQ ·simpleEscapes(SB), CX
	MOVL AX, BX
	SHRL $6, BX
	MOVQ (CX)(BX*8), BX
	BTQ  AX, BX
	JCC  askEscape
	MOVQ $1, AX
	MOVQ AX, Scanner_escaped(DI)
	ADDQ $2, R8
	JMP  text

control:
	CMPL AX, $9
	JEQ  allowed
	CMPL AX, $11
	JEQ  allowed
	CMPL AX, $12
	JNE  askGaveUp

allowed:
	INCQ R8
	JMP  text

notString:
	LEAL -48(AX), CX
	CMPL CX, $9
	JLS  unsigned
	CMPL AX, $'-'
	JEQ  signed
	CMPL AX, $'{'
	JEQ  braces
	CMPL AX, $'['
	JEQ  items
	CMPL AX, $'t'
	JEQ  true
	CMPL AX, $'f'
	JEQ  false
	CMPL AX, $'n'
	JEQ  null
	CMPL AX, $'$'
	JEQ  set
	JMP  askSkipValue

signed:
	MOVL $1, CX
	JMP  number

unsigned:
	XORL CX, CX

number:
	VMOVDQU (R8), Y0
	VPSUBB Y11, Y0, Y1
	VPMINUB Y12, Y1, Y2
	VPCMPEQB Y1, Y2, Y2
	VPMOVMSKB Y2, BX
	SHRXL CX, BX, BX
	MOVL BX, AX
	NOTL AX
	TZCNTL AX, AX
	LEAL -1(AX), R15
	CMPL R15, $19
	JHI  askSkipValue
	CMPB (R8)(CX*1), $'0'
	JEQ  leadingZero

noZero:
	ADDL AX, CX
	CMPB (R8)(CX*1), $'.'
	JNE  integer
	INCL AX
	SHRXL AX, BX, BX
	NOTL BX
	TZCNTL BX, AX
	LEAL 1(CX)(AX*1), CX
	CMPL CX, $32
	JGE  askSkipValue

integer:
	MOVBLZX (R8)(CX*1), AX
	CMPL AX, $','
	JEQ  numberEnd
	CMPL AX, $'}'
	JEQ  numberEnd
	CMPL AX, $']'
	JEQ  numberEnd
	ORL  $0x20, AX
	CMPL AX, $'d'
	JEQ  exponent
	CMPL AX, $'e'
	JNE  askSkipValue

exponent:
	INCL CX
	MOVBLZX (R8)(CX*1), AX
	CMPL AX, $'-'
	JEQ  exponentSign
	CMPL AX, $'+'
	JNE  exponentDigits

exponentSign:
	INCL CX

exponentDigits:
	VMOVDQU (R8)(CX*1), X0
	VPSUBB X11, X0, X1
	VPMINUB X12, X1, X2
	VPCMPEQB X1, X2, X2
	VPMOVMSKB X2, BX
	NOTL BX
	TZCNTL BX, BX
	LEAL -1(BX), AX
	CMPL AX, $6
	JHI  askSkipValue
	ADDL BX, CX
	MOVBLZX (R8)(CX*1), AX
	CMPL AX, $','
	JEQ  numberEnd
	CMPL AX, $'}'
	JEQ  numberEnd
	CMPL AX, $']'
	JNE  askSkipValue

numberEnd:
	ADDQ CX, R8
	JMP  after

leadingZero:
	CMPL AX, $1
	JEQ  noZero
	JMP  askSkipValue

braces:
	MOVBLZX 1(R8), AX
	CMPL AX, $'{'
	JEQ  blob
	MOVLQSX step_inner(R12), CX
	TESTL CX, CX
	JLE  askNewLevel
	CMPL AX, $'}'
	JEQ  emptyValue
	CMPQ DX, $const_maxDepth
	JEQ  askSkipValue
	MOVQ Scanner_level(DI), AX
	SHLQ $32, AX
	LEAQ (R13)(R11*2), BX
	ORQ  BX, AX
	MOVQ AX, Scanner_stack(DI)(DX*8)
	INCQ DX
	MOVQ CX, Scanner_level(DI)
	LEVEL(CX)
	XORL R11, R11
	XORL R13, R13
	INCQ R8
	JMP  field

emptyValue:
	ADDQ $2, R8
	JMP  after

items:
	MOVL step_picky(R12), AX
	TESTL AX, AX
	JNE  askGaveUp
	MOVBLZX 1(R8), AX
	CMPL AX, $']'
	JEQ  emptyValue
	CMPQ DX, $const_maxDepth
	JEQ  askSkipValue
	MOVQ Scanner_level(DI), AX
	SHLQ $32, AX
	LEAQ (R13)(R11*2), BX
	ORQ  BX, AX
	MOVQ AX, Scanner_stack(DI)(DX*8)
	INCQ DX
	MOVL $1, R13
	INCQ R8
	JMP  value

true:
	MOVL (R8), CX
	CMPL CX, $const_wordTrue
	JNE  askSkipValue
	MOVL $4, CX
	JMP  wordEnd

false:
	MOVL 1(R8), CX
	CMPL CX, $const_wordAlse
	JNE  askSkipValue
	MOVL $5, CX
	JMP  wordEnd

null:
	MOVL (R8), CX
	CMPL CX, $const_wordNull
	JNE  askSkipValue
	MOVL $4, CX

wordEnd:
	MOVBLZX (R8)(CX*1), AX
	CMPL AX, $','
	JEQ  numberEnd
	CMPL AX, $'}'
	JEQ  numberEnd
	CMPL AX, $']'
	JEQ  numberEnd
	JMP  askSkipValue

set:
	MOVQ $const_wordSet, AX
	CMPQ AX, (R8)
	JNE  askSkipValue
	MOVQ 8(R8), AX
	MOVL AX, BX
	MOVQ $const_maskKind, CX
	ANDQ CX, AX
	MOVQ $const_wordKind, CX
	CMPQ AX, CX
	JNE  askSkipValue
	SHRL $16, BX
	MOVBLZX BX, BX
	CMPL BX, $'S'
	JEQ  setItems
	CMPL BX, $'N'
	JEQ  setItems
	CMPL BX, $'B'
	JNE  askSkipValue

setItems:
	ADDQ $14, R8
	JMP  items

blob:
	LEAQ 2(R8), CX

blobDigits:
	VMOVDQU (CX), Y0
	VPSUBB Y11, Y0, Y1
	VPMINUB Y12, Y1, Y2
	VPCMPEQB Y1, Y2, Y1
	VPOR base64Case<>(SB), Y0, Y2
	VPSUBB base64A<>(SB), Y2, Y2
	VPMINUB base64Letters<>(SB), Y2, Y3
	VPCMPEQB Y2, Y3, Y2
	VPCMPEQB base64Plus<>(SB), Y0, Y3
	VPCMPEQB base64Slash<>(SB), Y0, Y4
	VPOR Y1, Y2, Y1
	VPOR Y3, Y4, Y3
	VPOR Y1, Y3, Y1
	VPMOVMSKB Y1, AX
	NOTL AX
	TESTL AX, AX
	JNE  blobEnd
	ADDQ $32, CX
	JMP  blobDigits

blobEnd:
	TZCNTL AX, AX
	ADDQ AX, CX
	MOVQ CX, BX
	SUBQ R8, BX
	SUBQ $2, BX
	JEQ  askSkipValue
	CMPB (CX), $'='
	JNE  blobClose
	INCQ CX
	INCQ BX
	CMPB (CX), $'='
	JNE  blobClose
	INCQ CX
	INCQ BX

blobClose:
	TESTL $3, BX
	JNE  askSkipValue
	CMPW (CX), $0x7d7d
	JNE  askSkipValue
	LEAQ 2(CX), R8
	JMP  after

askFull:
	MOVL $const_full, AX
	JMP  leave

askEnd:
	MOVL $const_end, AX
	JMP  leave

askFieldName:
	MOVL $const_fieldName, AX
	JMP  leave

askNewLevel:
	MOVL $const_newLevel, AX
	JMP  leave

askSkipValue:
	MOVL $const_skipValue, AX
	JMP  leave

askCheckText:
	MOVL $const_checkText, AX
	JMP  leave

askEscape:
	MOVL $const_escape, AX
	JMP  leave

askGaveUp:
	MOVL $const_gaveUp, AX

leave:
	VZEROUPPER
	MOVQ AX, ret+8(FP)
	SUBQ SI, R8
	MOVQ R8, Scanner_i(DI)
	MOVQ R11, Scanner_next(DI)
	MOVQ R13, Scanner_list(DI)
	MOVQ DX, Scanner_depth(DI)
	XORL AX, AX
	TESTL R14, R14
	SETNE AX
	MOVQ AX, Scanner_high(DI)
	RET

#define CONST32(name, q) \
	DATA name<>+0(SB)/8, $q  \
	DATA name<>+8(SB)/8, $q  \
	DATA name<>+16(SB)/8, $q \
	DATA name<>+24(SB)/8, $q \
	GLOBL name<>(SB), RODATA|NOPTR, $32

CONST32(base64Case, 0x2020202020202020)
CONST32(base64A, 0x6161616161616161)
CONST32(base64Letters, 0x1919191919191919)
CONST32(base64Plus, 0x2b2b2b2b2b2b2b2b)
CONST32(base64Slash, 0x2f2f2f2f2f2f2f2f)
