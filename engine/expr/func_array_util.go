package expr

// What the bodies of array and map functions share: views of a row's elements,
// sets of elements, keys in messages.

import (
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// window is rows from..to-1 of v, sharing its memory.
func window(v *page.Vector, from, to int) *page.Vector {
	w := *v
	w.Len = to - from
	if w.Nulls != nil {
		w.Nulls = w.Nulls[from:to]
	}
	switch v.Phys {
	case page.PhysBool:
		w.Bools = w.Bools[from:to]
	case page.PhysInt64:
		w.I64 = w.I64[from:to]
	case page.PhysFloat64:
		w.F64 = w.F64[from:to]
	case page.PhysInt128:
		w.I128 = w.I128[from:to]
	case page.PhysInstant:
		w.TZ = w.TZ[from:to]
	case page.PhysTimeTZ:
		w.TimeTZ = w.TimeTZ[from:to]
	case page.PhysBytes:
		w.Str = w.Str[from:to]
	case page.PhysArray, page.PhysMap:
		w.Off = w.Off[from : to+1]
	case page.PhysRow:
		w.Children = make([]*page.Vector, len(v.Children))
		for k, c := range v.Children {
			w.Children[k] = window(c, from, to)
		}
	}
	return &w
}

// elems is the array that argument k has in row i: rows from..to-1 of v.
func (a *Args) elems(k, i int) (v *page.Vector, from, to int) {
	x := a.Vecs[k]
	return x.Children[0], int(x.Off[i]), int(x.Off[i+1])
}

// entries is the map that argument k has in row i.
func (a *Args) entries(k, i int) (keys, values *page.Vector, from, to int) {
	x := a.Vecs[k]
	return x.Children[0], x.Children[1], int(x.Off[i]), int(x.Off[i+1])
}

// elemRef is one value of some vector.
type elemRef struct {
	v *page.Vector
	i int
}

// elemSet is a set of values by IS NOT DISTINCT FROM. Few values are compared
// one by one, more are found by their hashes.
type elemSet struct {
	list []elemRef
	at   map[uint64][]int32 // hash -> places in list; nil while the list is short
	h    []uint64
}

// shortSet is the number of values up to which a scan beats a hash table.
const shortSet = 16

func (s *elemSet) hash(v *page.Vector, i int) uint64 {
	if s.h == nil {
		s.h = make([]uint64, 1)
	}
	return HashColumns(s.h, []*page.Vector{window(v, i, i+1)}, 1)[0]
}

// find returns the place of value i of v in the set, or -1, and its hash where
// it was needed.
func (s *elemSet) find(v *page.Vector, i int) (at int, h uint64) {
	if s.at == nil {
		for k, r := range s.list {
			if notDistinctAt(r.v, r.i, v, i) {
				return k, 0
			}
		}
		return -1, 0
	}
	h = s.hash(v, i)
	for _, k := range s.at[h] {
		if notDistinctAt(s.list[k].v, s.list[k].i, v, i) {
			return int(k), h
		}
	}
	return -1, h
}

func (s *elemSet) has(v *page.Vector, i int) bool {
	at, _ := s.find(v, i)
	return at >= 0
}

// add adds a value and reports whether it was new.
func (s *elemSet) add(v *page.Vector, i int) bool {
	at, h := s.find(v, i)
	if at >= 0 {
		return false
	}
	s.list = append(s.list, elemRef{v, i})
	switch {
	case s.at != nil:
		s.at[h] = append(s.at[h], int32(len(s.list)-1))
	case len(s.list) > shortSet:
		s.at = map[uint64][]int32{}
		for k, r := range s.list {
			h := s.hash(r.v, r.i)
			s.at[h] = append(s.at[h], int32(k))
		}
	}
	return true
}

func (s *elemSet) addRange(v *page.Vector, from, to int) {
	for i := from; i < to; i++ {
		s.add(v, i)
	}
}

// appendTo appends the values in the order in which they were added.
func (s *elemSet) appendTo(out *page.Builder) {
	for _, r := range s.list {
		out.Append(r.v, r.i)
	}
}

// indeterminate reports whether a value is NULL or has a NULL inside.
func indeterminate(v *page.Vector, i int) bool {
	if v.IsNull(i) {
		return true
	}
	switch v.Phys {
	case page.PhysArray, page.PhysMap:
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			for _, c := range v.Children {
				if indeterminate(c, k) {
					return true
				}
			}
		}
	case page.PhysRow:
		for _, c := range v.Children {
			if indeterminate(c, i) {
				return true
			}
		}
	}
	return false
}

// objectText is a value as messages about map keys print it: the text of the
// Java object that Trino hands to clients.
func objectText(env *Env, v *page.Vector, i int) string {
	if v.IsNull(i) {
		return "null"
	}
	switch v.Type.Kind {
	case types.KindArray, types.KindRow:
		var parts []string
		if v.Phys == page.PhysArray {
			for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
				parts = append(parts, objectText(env, v.Children[0], k))
			}
		} else {
			for _, c := range v.Children {
				parts = append(parts, objectText(env, c, i))
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.KindMap:
		var parts []string
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			parts = append(parts, objectText(env, v.Children[0], k)+"="+objectText(env, v.Children[1], k))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.KindReal, types.KindDouble:
		return javaFloat(v.F64[i], floatBits(v.Type))
	case types.KindVarbinary:
		var b strings.Builder // SqlVarbinary prints bytes in hexadecimal, blanks between
		const digits = "0123456789abcdef"
		for k := 0; k < len(v.Str[i]); k++ {
			if k > 0 {
				b.WriteByte(' ')
			}
			c := v.Str[i][k]
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
		return b.String()
	}
	s, _ := castText(env, v, i)
	return s
}

// castText is value i of v, which is not NULL, cast to varchar; false where there
// is no such cast or it fails.
func castText(env *Env, v *page.Vector, i int) (string, bool) {
	if v.Type.Kind == types.KindVarchar || v.Type.Kind == types.KindJSON {
		return v.Str[i], true
	}
	if !types.CanCast(v.Type, types.Varchar) {
		return "", false
	}
	f, err := newCast(v.Type, types.Varchar)
	if err != nil {
		return "", false
	}
	b := page.NewBuilder(types.Varchar)
	if f(env, v, i, b) != nil || b.Vector().IsNull(0) {
		return "", false
	}
	return b.Vector().Str[0], true
}

func duplicateKey(env *Env, keys *page.Vector, i int) error {
	return invalidArgument("Duplicate map keys (%s) are not allowed", objectText(env, keys, i))
}

func notSupported(format string, args ...any) error {
	return sqlerr.New(sqlerr.NotSupported, format, args...)
}
