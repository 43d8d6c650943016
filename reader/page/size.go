package page

// Size: about how much memory values take, for accounts of it.

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
