package engine

// How large tables are, for the order of joins: from what manifests promise and
// the sizes of files, without reading any.

import (
	"context"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/sql/plan"
)

const (
	// compressed is about how much larger data is than its gzip or zstd file.
	compressed = 4
	// perRecord and perColumn are about the bytes of a record in text: its frame,
	// and name, value and punctuation of each declared column.
	perRecord, perColumn = 12, 24
	// perValue is about the stored bytes of a value in a Parquet file.
	perValue = 5
)

// always has every join take another order or side; for tests.
var always = false

// listed is a table whose files were listed once, for its size and for its scan.
type listed struct {
	exec.TableSource
	splits []catalog.Split
}

func (l *listed) Splits(context.Context, func(string)) ([]catalog.Split, error) { return l.splits, nil }

// reorder orders a query's joins by the sizes of the tables.
func reorder(ctx context.Context, root plan.Node, env *exec.Env) plan.Node {
	seen := map[any]*listed{}
	return plan.Reorder(root, plan.Sizes{Always: always, Rows: func(n *plan.Scan) float64 {
		src, ok := n.Table.Handle.(exec.TableSource)
		if !ok {
			return -1
		}
		l := seen[src]
		if l == nil {
			if l, ok = src.(*listed); !ok {
				splits, err := src.Splits(ctx, env.Warn)
				if err != nil {
					return -1 // the scan will say so
				}
				l = &listed{src, splits}
			}
			seen[src] = l
		}
		table := *n.Table
		table.Handle = l
		n.Table = &table
		return rowsOf(l.splits, len(src.Reader().Columns))
	}})
}

// sameTable reports whether two tables of a plan are the same files.
func sameTable(a, b *plan.Table) bool {
	if a == b || a.Handle == b.Handle {
		return true
	}
	source := func(t *plan.Table) any {
		if l, ok := t.Handle.(*listed); ok {
			return l.TableSource
		}
		return t.Handle
	}
	x, y := source(a), source(b)
	if x == y {
		return true
	}
	p, ok := x.(*catalog.Selected)
	q, also := y.(*catalog.Selected)
	return ok && also && p.Table == q.Table && slices.EqualFunc(p.Parts, q.Parts, func(p, q catalog.Partition) bool {
		return p.Location == q.Location && slices.Equal(p.Values, q.Values)
	})
}

// rowsOf estimates the records of files.
func rowsOf(splits []catalog.Split, columns int) float64 {
	rows := 0.0
	for i := range splits {
		s := &splits[i]
		size, width := float64(s.Size), float64(perRecord+perColumn*max(columns, 1))
		switch {
		case s.Items >= 0:
			rows += float64(s.Items)
			continue
		case s.Size < 0:
			return -1
		case strings.HasSuffix(s.Name, ".gz") || strings.HasSuffix(s.Name, ".zst"):
			size *= compressed
		case strings.HasSuffix(s.Name, ".parquet"):
			width = float64(perValue * max(columns, 1))
		}
		rows += size / width
	}
	return rows
}
