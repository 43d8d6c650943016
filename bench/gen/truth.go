// The truth about an export: counts and exact sums, kept while its items are
// made, in integers of millionths, independent of any reader or engine.

package gen

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Truth is what queries over the export must answer.
type Truth struct {
	Items int64 `json:"items"`
	// Counted is how many items have an amount and a created_at: all of them
	// in the narrow and wide shapes, the orders in the mixed one.
	Counted int64  `json:"counted"`
	Sum     string `json:"sum"` // of amount over the counted items
	// Seed is the article's query: sum of amount by group where created_at,
	// cut to milliseconds, lies between 2023-07-01 and 2023-08-01, both
	// included.
	Seed SeedTruth `json:"seed"`
	// Groups are the sums by group of the article's query and without its
	// filter, in ascending order of the group's key.
	Groups []GroupTruth `json:"groups,omitempty"`
}

// SeedTruth sums up the article's query.
type SeedTruth struct {
	Groups int64  `json:"groups"`
	Rows   int64  `json:"rows"` // rows that pass the filter
	Sum    string `json:"sum"`  // sum of the groups' sums
}

// GroupTruth is one group: its key, and its rows and sums without and with the
// article's filter. A group that no row of the filter falls in has SeedRows 0
// and an empty SeedSum.
type GroupTruth struct {
	Key      string `json:"key"`
	Rows     int64  `json:"rows"`
	Sum      string `json:"sum"`
	SeedRows int64  `json:"seed_rows"`
	SeedSum  string `json:"seed_sum,omitempty"`
}

// The article's filter, in milliseconds.
var (
	seedFrom = time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	seedTo   = time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

// total is an exact sum of millionths in 128 bits.
type total struct {
	hi   int64
	lo   uint64
	rows int64
}

func (t *total) add(v int64) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, uint64(v), 0)
	t.hi += v>>63 + int64(carry)
	t.rows++
}

func (t *total) merge(o total) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, o.lo, 0)
	t.hi += o.hi + int64(carry)
	t.rows += o.rows
}

// text spells the sum in plain notation without trailing zeros.
func (t *total) text() string {
	v := new(big.Int).SetInt64(t.hi)
	v.Lsh(v, 64).Add(v, new(big.Int).SetUint64(t.lo))
	whole, rest := new(big.Int).QuoRem(new(big.Int).Abs(v), big.NewInt(1_000_000), new(big.Int))
	s := whole.String()
	if rest.Sign() != 0 {
		frac := strconv.FormatInt(1_000_000+rest.Int64(), 10)[1:]
		s += "." + strings.TrimRight(frac, "0")
	}
	if v.Sign() < 0 {
		s = "-" + s
	}
	return s
}

type group struct{ all, seed total }

// accumulator collects the rows of one file.
type accumulator struct {
	items  int64
	groups []group
}

func (a *accumulator) at(i int) *group {
	if i >= len(a.groups) {
		a.groups = slices.Grow(a.groups, i+1-len(a.groups))
		a.groups = a.groups[:max(len(a.groups), i+1)]
	}
	return &a.groups[i]
}

func (a *accumulator) add(r Row) {
	a.items++
	if !r.Counted {
		return
	}
	g := a.at(r.Group)
	g.all.add(r.Amount)
	// Instants before 1970 do not occur, so the division cuts as Joda does.
	if ms := r.Micros / 1000; ms >= seedFrom && ms <= seedTo {
		g.seed.add(r.Amount)
	}
}

// truth puts the files' accumulators together.
func (c *Config) truth(parts []part) *Truth {
	var whole accumulator
	for i := range parts {
		whole.items += parts[i].acc.items
		for j, g := range parts[i].acc.groups {
			into := whole.at(j)
			into.all.merge(g.all)
			into.seed.merge(g.seed)
		}
	}
	t := &Truth{Items: whole.items}
	var all, seed total
	for i := range whole.groups {
		g := &whole.groups[i]
		if g.all.rows == 0 {
			continue
		}
		out := GroupTruth{Key: c.groupKey(i), Rows: g.all.rows, Sum: g.all.text(), SeedRows: g.seed.rows}
		if g.seed.rows > 0 {
			out.SeedSum = g.seed.text()
			t.Seed.Groups++
		}
		t.Groups = append(t.Groups, out)
		all.merge(g.all)
		seed.merge(g.seed)
	}
	t.Counted, t.Sum = all.rows, all.text()
	t.Seed.Rows, t.Seed.Sum = seed.rows, seed.text()
	slices.SortFunc(t.Groups, func(a, b GroupTruth) int {
		return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), cmp.Compare(a.Key, b.Key))
	})
	return t
}

// groupKey is the text of a group's key.
func (c *Config) groupKey(i int) string {
	switch {
	case c.Items != nil:
		return c.given.keys[i]
	case c.Shape == Mixed:
		return customerKey(i)
	default:
		return strconv.FormatInt(groupID(i), 10)
	}
}
