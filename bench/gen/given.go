// Exports of given items: the truth about items that no shape made.

package gen

import (
	"strconv"
	"strings"
	"time"
)

// given are the items of Config.Items with what the truth needs of them.
type given struct {
	rows []Row
	keys []string // by group
}

// readItems finds group, amount and created_at of each item: the group is the
// attribute id (a number) or PK (a string). An item that lacks one of the
// three, or whose amount has more than six digits behind the point, is not
// counted.
func readItems(items [][]Field) *given {
	g := &given{rows: make([]Row, len(items))}
	groups := map[string]int{}
	for i, item := range items {
		var key, amount, created string
		for _, f := range item {
			switch {
			case f.Name == "id" && f.Value.Kind == N, f.Name == "amount" && f.Value.Kind == N:
				text := string(AppendPlainNumber(nil, f.Value.Num))
				if f.Name == "id" {
					key = text
				} else {
					amount = text
				}
			case f.Name == "PK" && f.Value.Kind == S:
				key = f.Value.Text
			case f.Name == "created_at" && f.Value.Kind == S:
				created = f.Value.Text
			}
		}
		micros, ok := millionths(amount)
		at, err := time.Parse("2006-01-02T15:04:05.999999-0700", created)
		if key == "" || !ok || err != nil {
			continue
		}
		n, seen := groups[key]
		if !seen {
			n = len(g.keys)
			groups[key] = n
			g.keys = append(g.keys, key)
		}
		g.rows[i] = Row{Counted: true, Group: n, Amount: micros, Micros: at.UnixMicro()}
	}
	return g
}

// millionths reads a plain decimal as an integer of millionths.
func millionths(plain string) (int64, bool) {
	whole, frac, _ := strings.Cut(plain, ".")
	if len(frac) > 6 {
		return 0, false
	}
	v, err := strconv.ParseInt(whole+frac+zeros[:6-len(frac)], 10, 64)
	return v, err == nil
}
