package expr

// Casts of arrays, maps and rows: element by element (ArrayToArrayCast,
// MapToMapCast, RowToRowCast). The first element that fails, fails the cast.

import (
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

func init() {
	registerCast(types.KindArray, types.KindArray, func(from, to types.Type) (castFunc, error) {
		elem, err := newCast(from.Elem(), to.Elem())
		if err != nil {
			return nil, err
		}
		return func(env *Env, v *page.Vector, i int, out *page.Builder) error {
			for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
				if err := castElement(env, elem, v.Children[0], k, out.Child(0)); err != nil {
					return err
				}
			}
			out.EndContainer()
			return nil
		}, nil
	})
	registerCast(types.KindRow, types.KindRow, func(from, to types.Type) (castFunc, error) {
		if len(from.Fields()) != len(to.Fields()) {
			return nil, invalidArgument("the size of fromType and toType must match")
		}
		fields := make([]castFunc, len(from.Fields()))
		for k, f := range from.Fields() {
			var err error
			if fields[k], err = newCast(f.Type, to.Fields()[k].Type); err != nil {
				return nil, err
			}
		}
		return func(env *Env, v *page.Vector, i int, out *page.Builder) error {
			for k, field := range fields {
				if err := castElement(env, field, v.Children[k], i, out.Child(k)); err != nil {
					return err
				}
			}
			out.EndRow()
			return nil
		}, nil
	})
	registerCast(types.KindMap, types.KindMap, func(from, to types.Type) (castFunc, error) {
		key, err := newCast(from.Key(), to.Key())
		if err != nil {
			return nil, err
		}
		value, err := newCast(from.Value(), to.Value())
		if err != nil {
			return nil, err
		}
		return func(env *Env, v *page.Vector, i int, out *page.Builder) error {
			keys := out.Child(0)
			first := keys.Len()
			for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
				if err := castElement(env, key, v.Children[0], k, keys); err != nil {
					return err
				}
				cast, at := keys.Vector(), keys.Len()-1
				if cast.IsNull(at) {
					return invalidCast("map key is null")
				}
				for j := first; j < at; j++ {
					if notDistinctAt(cast, j, cast, at) {
						return invalidCast("duplicate keys")
					}
				}
				if err := castElement(env, value, v.Children[1], k, out.Child(1)); err != nil {
					return err
				}
			}
			out.EndContainer()
			return nil
		}, nil
	})
}

// castElement casts element k of v, which may be NULL.
func castElement(env *Env, f castFunc, v *page.Vector, k int, out *page.Builder) error {
	if v.IsNull(k) {
		out.Null()
		return nil
	}
	return f(env, v, k, out)
}
