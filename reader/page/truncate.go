package page

// Truncate: taking back rows of a Builder.

// Truncate forgets the rows from n on. Children may hold more than their rows
// ask for (a row that was begun and not closed): that goes too.
func (b *Builder) Truncate(n int) {
	v := &b.v
	v.Len = n
	if v.Nulls != nil && len(v.Nulls) > n {
		v.Nulls = v.Nulls[:n]
	}
	switch v.Phys {
	case PhysBool:
		v.Bools = v.Bools[:n]
	case PhysInt64:
		v.I64 = v.I64[:n]
	case PhysFloat64:
		v.F64 = v.F64[:n]
	case PhysInt128:
		v.I128 = v.I128[:n]
	case PhysInstant:
		v.TZ = v.TZ[:n]
	case PhysTimeTZ:
		v.TimeTZ = v.TimeTZ[:n]
	case PhysBytes:
		v.Str = v.Str[:n]
	case PhysArray, PhysMap:
		v.Off = v.Off[:n+1]
		for _, k := range b.kids {
			k.Truncate(int(v.Off[n]))
		}
	case PhysRow:
		for _, k := range b.kids {
			k.Truncate(n)
		}
	}
}
