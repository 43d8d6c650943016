package expr

// The outcome of a kernel that may fail in some rows.

import (
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// result is a node's result vector with what happens to rows that fail.
type result struct {
	out   page.Vector
	nulls []bool // memory of out.Nulls where it is the node's own
	pos   sqlerr.Pos
	safe  bool // TRY_CAST: a row that fails is NULL, and that is all
}

// run calls a fallible kernel from row 0, and again behind each bad row that is
// NULL, or becomes NULL under TRY and TRY_CAST. why tells the error of a row.
func (n *result) run(f *frame, kern func(from int) (bad int), why func(row int) error) error {
	for from := 0; from < f.n; {
		bad := kern(from)
		if bad < 0 {
			return nil
		}
		row := from + bad
		if !n.out.IsNull(row) {
			if err := n.fail(f, row, why(row)); err != nil {
				return err
			}
		}
		from = row + 1
	}
	return nil
}

// fail makes row NULL where that is what becomes of err, else returns it.
func (n *result) fail(f *frame, row int, err error) error {
	if !n.safe {
		if err := f.failed(row, err, n.pos); err != nil {
			return err
		}
	}
	n.setNull(row, f.n)
	return nil
}

// setNull makes row NULL in the result; shared flags are copied first.
func (n *result) setNull(row, rows int) {
	if n.out.Nulls == nil || len(n.nulls) != rows || &n.out.Nulls[0] != &n.nulls[0] {
		n.nulls = sized(n.nulls, rows)
		if n.out.Nulls == nil {
			clear(n.nulls)
		} else {
			copy(n.nulls, n.out.Nulls)
		}
		n.out.Nulls = n.nulls
	}
	n.out.Nulls[row] = true
}
