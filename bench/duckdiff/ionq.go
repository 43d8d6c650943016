package duckdiff

// ionq, in several configurations that must give the same bytes.

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// configs are the configurations; the first is the plain one.
var configs = []struct {
	name string
	opt  engine.Options
}{
	{"plain", engine.Options{Workers: 1}},
	{"workers", engine.Options{Workers: 4}},
	{"page1", engine.Options{Workers: 1, PageRows: 1}},
	{"page3", engine.Options{Workers: 4, PageRows: 3, ProjectAll: true}},
	{"spill", engine.Options{Workers: 1, Memory: 1}},
	{"spill3", engine.Options{Workers: 4, PageRows: 3, Memory: 1}},
	{"cache", engine.Options{Workers: 2, CacheSettle: -1, CacheLeast: -1}}, // with a cache folder: queries find columns that earlier ones left
}

// Ionq is ionq over a folder of tables.
type Ionq struct {
	engines  []*engine.Engine
	sessions []*engine.Session
}

// OpenIonq declares the tables that lie in dir, for each configuration.
func OpenIonq(ctx context.Context, dir, temp string, tables []*Table) (*Ionq, error) {
	q := &Ionq{}
	for _, c := range configs {
		opt := c.opt
		opt.Offline, opt.TempDir = true, temp
		if c.name == "cache" {
			opt.Cache = engine.OpenCache(filepath.Join(temp, "cache"), 1<<30, nil)
		}
		m, err := engine.ParseMapping("s3://test=" + dir)
		if err != nil {
			return nil, err
		}
		opt.Maps = []engine.Mapping{m}
		e, err := engine.Open(opt)
		if err != nil {
			return nil, err
		}
		q.engines = append(q.engines, e)
		s := e.NewSession()
		q.sessions = append(q.sessions, s)
		for _, t := range tables {
			r, err := s.Query(ctx, t.DDL())
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.DDL(), err)
			}
			if err := r.Close(); err != nil {
				return nil, err
			}
		}
	}
	return q, nil
}

// Close closes the engines.
func (q *Ionq) Close() error {
	var errs []error
	for _, e := range q.engines {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}

// Run runs a query in configuration i and gives types and rows.
func (q *Ionq) Run(ctx context.Context, i int, sql string) (ts []types.Type, rows [][]any, err error) {
	r, err := q.sessions[i].Query(ctx, sql)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for _, c := range r.Columns {
		ts = append(ts, c.Type)
	}
	for {
		p, err := r.Next(ctx)
		if p == nil || err != nil {
			return ts, rows, err
		}
		for k := range p.Len() {
			if p.Sel != nil {
				k = int(p.Sel[k])
			}
			row := make([]any, len(p.Cols))
			for c, v := range p.Cols {
				row[c] = value(v, k)
			}
			rows = append(rows, row)
		}
	}
}

// value is a value as compare.go has it.
func value(v *page.Vector, i int) any {
	if v.IsNull(i) {
		return nil
	}
	switch v.Type.Kind {
	case types.KindTime, types.KindTimestampTZ, types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		return string(output.AppendText(nil, v, i))
	case types.KindVarbinary:
		return hex.EncodeToString([]byte(v.Str[i]))
	case types.KindChar:
		return strings.TrimRight(v.Str[i], " ")
	}
	switch v.Phys {
	case page.PhysBool:
		return v.Bools[i]
	case page.PhysInt64:
		if v.Type.Kind == types.KindDecimal {
			return number(decimal.Format(decimal.FromInt64(v.I64[i]), int(v.Type.S)))
		}
		return number(fmt.Sprint(v.I64[i]))
	case page.PhysInt128:
		return number(decimal.Format(v.I128[i], int(v.Type.S)))
	case page.PhysFloat64:
		return v.F64[i]
	case page.PhysBytes:
		return v.Str[i]
	case page.PhysArray:
		out := []any{}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			out = append(out, value(v.Children[0], k))
		}
		return out
	case page.PhysMap:
		out := []any{}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			out = append(out, []any{value(v.Children[0], k), value(v.Children[1], k)})
		}
		return sorted(out)
	case page.PhysRow:
		out := []any{}
		for _, c := range v.Children {
			out = append(out, value(c, i))
		}
		return out
	}
	return fmt.Sprintf("BUG: a value of type %s", v.Type)
}
