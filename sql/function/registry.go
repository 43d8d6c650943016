package function

// The table of all overloads. Each family's file (string.go, math.go, ...)
// adds its part with define.

import "sync"

var table struct {
	all  []*Function
	once sync.Once
	name map[string][]*Function
}

// define adds overloads to the table. Use it as `var _ = define(...)`.
func define(fs ...*Function) bool {
	if table.all == nil {
		table.all = make([]*Function, 0, 768) // as many as there will be
	}
	table.all = append(table.all, fs...)
	return true
}

// All returns every overload. The caller does not change the slice.
func All() []*Function { return table.all }

// Named returns the overloads of a name (lower case), in definition order.
func Named(name string) []*Function {
	table.once.Do(func() {
		table.name = make(map[string][]*Function, len(table.all))
		for _, f := range table.all {
			table.name[f.Name] = append(table.name[f.Name], f)
		}
	})
	return table.name[name]
}
