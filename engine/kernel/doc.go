// Package kernel holds the engine's inner loops: arithmetic, comparison,
// three-valued logic, selection, hashing, casts and aggregation over dense
// slices. It knows no plan, no SQL types and no errors; engine/expr and
// engine/exec choose the loop, once a page, and give meaning to its outcome.
//
// # Conventions
//
// All slices of one call have the length of dst (of vals where there is no
// dst); longer operands are cut, shorter ones are a bug and panic. dst may be an
// operand. Constants are expanded by the caller, once, not a page. Null flags
// ([]bool, true means NULL; nil means no NULLs) are taken only where a kernel's
// outcome depends on them; the others compute every row, and the caller copies
// the flags. What a NULL row holds is arbitrary.
//
// Kernels that can fail return bad, the first row that has no value, or -1.
// Rows before it are computed. If row bad is NULL, the caller resumes from
// bad+1 with sub-slices. A kernel never says why a row is bad: the
// caller looks at the operands (a zero divisor, otherwise overflow).
//
// # The kernels
//
// Where T stands for several types, the function is generic.
//
//	arith.go    AddInt64 SubInt64 MulInt64 DivInt64 ModInt64(dst, a, b []int64) (bad int)
//	            NegInt64(dst, a []int64) (bad int)
//	            AddIntRange SubIntRange MulIntRange DivIntRange(dst, a, b []int64, min, max int64) (bad int)
//	            NegIntRange(dst, a []int64, min, max int64) (bad int)
//	            AddFloat64 SubFloat64 MulFloat64 DivFloat64 ModFloat64(dst, a, b []float64)
//	            AddFloat32 SubFloat32 MulFloat32 DivFloat32 ModFloat32(dst, a, b []float64)
//	            NegFloat64(dst, a []float64)
//	decimal.go  AddDecimalShort SubDecimalShort(dst, a, b []int64, aBy, bBy int); MulDecimalShort(dst, a, b []int64)
//	            DivDecimalShort(dst, a, b []int64, by int) (bad int); ModDecimalShort(dst, a, b []int64, aBy, bBy int) (bad int)
//	            AddDecimalNarrow SubDecimalNarrow(dst, a, b []int64, aBy, bBy int) (bad int)
//	            MulDecimalNarrow(dst, a, b []int64) (bad int); DivDecimalNarrow(dst, a, b []int64, by int) (bad int)
//	            AddDecimal64 SubDecimal64(dst []Int128, a, b []int64, aBy, bBy int) (bad int)
//	            MulDecimal64(dst []Int128, a, b []int64); DivDecimal64(dst []Int128, a, b []int64, by int) (bad int)
//	            AddDecimal SubDecimal ModDecimal(dst, a, b []Int128, aBy, bBy int) (bad int)
//	            MulDecimal(dst, a, b []Int128) (bad int); DivDecimal(dst, a, b []Int128, by int) (bad int)
//	            NegDecimalShort(dst, a []int64); NegDecimal(dst, a []Int128)
//	            Widen(dst []Int128, src []int64); Narrow(dst []int64, src []Int128) (bad int)
//	compare.go  Equal NotEqual Less LessOrEqual(dst []bool, a, b []T)       T: int64 float64 string
//	            EqualBool NotEqualBool LessBool LessOrEqualBool(dst, a, b []bool)
//	            ...Int128 and ...Instant likewise; a > b is Less(dst, b, a)
//	            UTCOfDay(dst []int64, src []TimeOfDayTZ): then the int64 kernels
//	            SameFloat64(dst []bool, a, b []float64): NaN is NaN
//	            NotDistinct(dst, same, aNulls, bNulls []bool)
//	logic.go    And Or(dst, dstNulls, a, aNulls, b, bNulls []bool) (anyNull bool); Not(dst, a []bool)
//	            MergeNulls(dst, a, b []bool); AnyTrue(flags []bool) bool; CountTrue(flags []bool) int
//	select.go   Select(sel []int32, vals, nulls []bool) []int32
//	            SelectFrom(dst, sel []int32, vals, nulls []bool) []int32
//	hash.go     HashInit(h []uint64); HashInt64 HashFloat64 HashBool HashString HashInt128
//	            HashInstant HashTimeTZ(h []uint64, vals []T, nulls []bool); HashNulls(h []uint64)
//	cast.go     Int64ToFloat64 Int64ToFloat32(dst []float64, src []int64); Float64ToFloat32(dst, src []float64)
//	            Float64ToInt64(dst []int64, src []float64) (bad int); Float32ToInt64 likewise, saturating
//	            Float64ToIntRange(dst []int64, src []float64, min, max int64) (bad int)
//	            CheckRange(src []int64, min, max int64) (bad int)
//	            Int64ToBool Float64ToBool DecimalToBool; BoolToInt64 BoolToFloat64
//	            RescaleNarrow(dst, src []int64, by, p int) (bad int)
//	            Rescale64(dst []Int128, src []int64, by, p int) (bad int); Rescale(dst, src []Int128, by, p int) (bad int)
//	            DecimalToInt(dst []int64, src []Int128, scale int, min, max int64) (bad int); ShortDecimalToInt
//	            DecimalToFloat64 DecimalToFloat32(dst []float64, src []Int128, scale int)
//	            ShortDecimalToFloat64 ShortDecimalToFloat32(dst []float64, src []int64, scale int)
//	            Float64ToDecimal Float32ToDecimal(dst []Int128, src []float64, p, s int) (bad int)
//	agg.go      CountByGroup(counts []int64, groups []uint32, nulls []bool)
//	            SumInt64ByGroup(st []IntSum, groups []uint32, vals []int64, nulls []bool) (bad int)
//	            SumFloat64ByGroup(st []FloatSum, ...); SumDecimalByGroup(st *DecimalSums, ... []Int128 ...)
//	            SumDecimal64ByGroup(st *DecimalSums, ... []int64 ...)
//	            SumInt64 SumFloat64 SumDecimal SumDecimal64(st *..., vals, nulls): one group
//	            MinByGroup MaxByGroup(st []Extreme[int64], groups []uint32, vals []int64, nulls []bool)
//	            M..Float64ByGroup M..StringByGroup M..Int128ByGroup M..InstantByGroup M..BoolByGroup likewise
//
// # Why generic by element and not by operator
//
// The compiler makes one body for each memory layout of a type parameter, so
// that a loop over []T of a basic type is as fast as one written out. An operator
// as a parameter would be a call for each value, 4 times slower. So: one
// short loop an operator.
package kernel
