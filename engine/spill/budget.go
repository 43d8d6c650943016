// Package spill is where operators put what does not fit in memory: an account
// of what a query holds (budget.go), and temporary files of pages (file.go,
// codec.go).
package spill

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Budget is the memory that one query's operators may hold together. Nil stands
// for no limit. It is safe for concurrent use; an Account is not.
type Budget struct {
	in    *Budget // the budget that this one is a part of; its limit counts
	limit int64
	used  atomic.Int64
	peak  atomic.Int64
}

// NewBudget returns a budget of limit bytes; 0 and less stand for no limit.
func NewBudget(limit int64) *Budget {
	if limit <= 0 {
		return nil
	}
	return &Budget{limit: limit}
}

// Within returns a part of the budget that is counted by itself, too.
func (b *Budget) Within() *Budget {
	if b == nil {
		return nil
	}
	for b.in != nil {
		b = b.in
	}
	return &Budget{in: b, limit: b.limit}
}

// Limit is the number of bytes, or 0 for no limit.
func (b *Budget) Limit() int64 {
	if b == nil {
		return 0
	}
	return b.limit
}

// Peak is the most that was ever held.
func (b *Budget) Peak() int64 {
	if b == nil {
		return 0
	}
	return b.peak.Load()
}

func (b *Budget) add(n int64) int64 {
	used := b.used.Add(n)
	for {
		p := b.peak.Load()
		if used <= p || b.peak.CompareAndSwap(p, used) {
			break
		}
	}
	if b.in != nil {
		return b.in.add(n)
	}
	return used
}

// Account is what one operator holds of a budget.
type Account struct {
	b    *Budget
	held int64
}

// Account opens an account.
func (b *Budget) Account() *Account { return &Account{b: b} }

// Share is the part of a budget below which an operator does not spill, whatever
// the others hold: spilling would free next to nothing.
const Share = 8

// Hold says that the operator now holds n bytes, and reports whether it should
// spill: the query is over its budget, and this operator holds enough to matter.
func (a *Account) Hold(n int64) bool {
	if a.b == nil {
		return false
	}
	used := a.b.add(n - a.held)
	a.held = n
	return used > a.b.limit && n > 0 && n >= a.b.limit/Share
}

// Limited reports whether there is a limit at all.
func (a *Account) Limited() bool { return a.b != nil }

// hardFloor is what any operator may hold that cannot spill: below it a budget
// only makes operators spill, never fail.
const hardFloor = 4 << 20

// Require is Hold for what cannot spill: one group's rows, one window's. More
// than the whole budget is an error that names what it is.
func (a *Account) Require(n int64, what string) error {
	a.Hold(n)
	if a.b == nil || n <= a.b.limit || n <= hardFloor {
		return nil
	}
	return sqlerr.New(sqlerr.ExceededLocalMemoryLimit, "Query exceeded memory limit of %s: %s alone need more", Format(a.b.limit), what).
		WithHint("this cannot be done in parts on disk; --memory raises the limit")
}

// Room is how many bytes one of n workers may fill before it should spill.
func (a *Account) Room(n int) int64 {
	if a.b == nil {
		return 1 << 62
	}
	return a.b.limit / int64(max(n, 1))
}

// Free says that the operator holds nothing any more.
func (a *Account) Free() { a.Hold(0) }

// units are those of ParseSize, longest first.
var units = []struct {
	name string
	n    int64
}{
	{"KIB", 1 << 10},
	{"MIB", 1 << 20},
	{"GIB", 1 << 30},
	{"TIB", 1 << 40},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"K", 1 << 10},
	{"M", 1 << 20},
	{"G", 1 << 30},
	{"T", 1 << 40},
	{"B", 1},
}

// ParseSize reads 512MB, 1.5GiB, 64KiB, or a number of bytes. K, M, G and T
// alone are powers of 1024.
func ParseSize(s string) (int64, error) {
	text := strings.ToUpper(strings.TrimSpace(s))
	unit := int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, unit = strings.TrimSpace(rest), u.n
			break
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0) || x*float64(unit) >= 1<<62 || strings.ContainsAny(text, "EXP_IN") {
		return 0, fmt.Errorf("%q is not a size, such as 512MB or 1GiB", s)
	}
	return int64(x * float64(unit)), nil
}

// Format writes a number of bytes for people.
func Format(n int64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'g', 4, 64) + " GiB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'g', 4, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'g', 4, 64) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
