package page

// Gather and Clone: copies of vectors, by row number.

// Gather returns rows sel of v, in that order, as a new vector. Byte values
// are shared with v, not copied: the result is valid as long as v is.
func Gather(v *Vector, sel []int32) *Vector {
	out := &Vector{Type: v.Type, Phys: v.Phys, Len: len(sel), Const: v.Const}
	gatherInto(out, v, sel)
	return out
}

// GatherInto is Gather into out's memory.
func GatherInto(out, v *Vector, sel []int32) {
	out.Type, out.Phys, out.Len, out.Const = v.Type, v.Phys, len(sel), v.Const
	if out.Dict = v.Dict; v.Dict != nil {
		out.Nulls, out.Codes = nil, gatherSlice(out.Codes, v.Codes, sel)
		return
	}
	gatherInto(out, v, sel)
}

func gatherInto(out, v *Vector, sel []int32) {
	if v.Nulls != nil {
		out.Nulls = gatherSlice(out.Nulls, v.Nulls, sel)
	} else {
		out.Nulls = nil
	}
	switch v.Phys {
	case PhysBool:
		out.Bools = gatherSlice(out.Bools, v.Bools, sel)
	case PhysInt64:
		out.I64 = gatherSlice(out.I64, v.I64, sel)
	case PhysFloat64:
		out.F64 = gatherSlice(out.F64, v.F64, sel)
	case PhysInt128:
		out.I128 = gatherSlice(out.I128, v.I128, sel)
	case PhysInstant:
		out.TZ = gatherSlice(out.TZ, v.TZ, sel)
	case PhysTimeTZ:
		out.TimeTZ = gatherSlice(out.TimeTZ, v.TimeTZ, sel)
	case PhysBytes:
		out.Str = gatherSlice(out.Str, v.Str, sel)
	case PhysArray, PhysMap:
		off := append(out.Off[:0], 0)
		var kidSel []int32
		for _, i := range sel {
			for k := v.Off[i]; k < v.Off[i+1]; k++ {
				kidSel = append(kidSel, k)
			}
			off = append(off, int32(len(kidSel)))
		}
		out.Off = off
		out.Children = make([]*Vector, len(v.Children))
		for k, c := range v.Children {
			out.Children[k] = Gather(c, kidSel)
		}
	case PhysRow:
		out.Children = make([]*Vector, len(v.Children))
		for k, c := range v.Children {
			out.Children[k] = Gather(c, sel)
		}
	}
}

func gatherSlice[T any](dst, src []T, sel []int32) []T {
	if cap(dst) < len(sel) {
		dst = make([]T, len(sel), max(len(sel), DefaultRows))
	}
	dst = dst[:len(sel)]
	for k, i := range sel {
		dst[k] = src[i]
	}
	return dst
}

// Clone returns a deep copy of v that shares nothing with it.
func Clone(v *Vector) *Vector {
	b := NewBuilder(v.Type)
	if v.Phys == PhysNone {
		return &Vector{Type: v.Type, Phys: PhysNone, Len: v.Len}
	}
	if v.Phys != b.v.Phys { // a long decimal held narrow keeps its form
		b.v.Phys = v.Phys
	}
	b.AppendRange(v, 0, v.Len)
	return b.Finish()
}
