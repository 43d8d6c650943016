package page

// Size: about how much memory values take, for accounts of it; and Reserve.

// Size is about the number of bytes that the builder's rows take, the room that
// is reserved for further rows included. It costs no more than a few additions.
func (b *Builder) Size() int64 {
	n := b.v.fixedSize(true) + b.arena.used
	for _, k := range b.kids {
		n += k.Size()
	}
	return n
}

// Size is about the number of bytes that the vector's rows take. It looks at
// every string.
func (v *Vector) Size() int64 {
	n := v.fixedSize(false)
	if v.Phys == PhysBytes {
		for _, s := range v.Str[:v.Len] {
			n += int64(len(s))
		}
	}
	for _, c := range v.Children {
		n += c.Size()
	}
	return n
}

// fixedSize is Size without the bytes of strings and without children.
func (v *Vector) fixedSize(reserved bool) int64 {
	if reserved {
		return int64(cap(v.Nulls)) + int64(cap(v.Bools)) + 8*int64(cap(v.I64)) + 8*int64(cap(v.F64)) +
			16*int64(cap(v.I128)) + 16*int64(cap(v.TZ)) + 16*int64(cap(v.TimeTZ)) + 16*int64(cap(v.Str)) + 4*int64(cap(v.Off))
	}
	return int64(len(v.Nulls)) + int64(len(v.Bools)) + 8*int64(len(v.I64)) + 8*int64(len(v.F64)) +
		16*int64(len(v.I128)) + 16*int64(len(v.TZ)) + 16*int64(len(v.TimeTZ)) + 16*int64(len(v.Str)) + 4*int64(len(v.Off))
}

// Reserve makes room for n rows in all, so that appending them copies none.
func (b *Builder) Reserve(n int) {
	v := &b.v
	switch v.Phys {
	case PhysBool:
		v.Bools = reserve(v.Bools, n)
	case PhysInt64:
		v.I64 = reserve(v.I64, n)
	case PhysFloat64:
		v.F64 = reserve(v.F64, n)
	case PhysInt128:
		v.I128 = reserve(v.I128, n)
	case PhysInstant:
		v.TZ = reserve(v.TZ, n)
	case PhysTimeTZ:
		v.TimeTZ = reserve(v.TimeTZ, n)
	case PhysBytes:
		v.Str = reserve(v.Str, n)
	case PhysArray, PhysMap:
		v.Off = reserve(v.Off, n+1)
	case PhysRow:
		for _, k := range b.kids {
			k.Reserve(n)
		}
	}
}

func reserve[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s
	}
	return append(make([]T, 0, n), s...)
}
