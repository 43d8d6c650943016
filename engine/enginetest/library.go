package enginetest

// The library as a Target: package engine, in this process.

import (
	"context"
	"testing"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/output"
)

// Library opens a Target over package engine. s3://test and
// s3://example-bucket are the configuration's folder; nothing else of S3 is to
// be had.
func Library(t testing.TB, c Config) Target {
	t.Helper()
	opt := engine.Options{
		Offline: true, Workers: c.Workers, PageRows: c.PageRows, ProjectAll: c.ProjectAll, Memory: c.Memory,
		Maps: []engine.Mapping{},
	}
	for _, bucket := range []string{"test", "example-bucket"} {
		m, err := engine.ParseMapping("s3://" + bucket + "=" + c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		opt.Maps = append(opt.Maps, m)
	}
	if c.Cache {
		opt.Cache = engine.OpenCache(c.Store, 1<<30, func(msg string) { t.Error(msg) })
		opt.CacheLeast = -1
		opt.CacheSettle = -1 // files are read as soon as they are written
	}
	e, err := engine.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	return &library{e: e, s: e.NewSession()}
}

type library struct {
	e *engine.Engine
	s *engine.Session
}

func (l *library) Set(name, value string) error { return l.s.Set(name, value) }

func (l *library) Close() error { return l.e.Close() }

func (l *library) Exec(ctx context.Context, sql string) (*Result, error) {
	r, err := l.s.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	res := &Result{Utility: r.Text}
	for _, c := range r.Columns {
		res.Names = append(res.Names, c.Name)
		res.Types = append(res.Types, c.Type.String())
	}
	for {
		p, err := r.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			return res, r.Close()
		}
		row := func(i int) {
			cells := make([]*string, len(p.Cols))
			for k, v := range p.Cols {
				if !v.IsNull(i) {
					s := string(output.AppendText(nil, v, i))
					cells[k] = &s
				}
			}
			res.Rows = append(res.Rows, cells)
		}
		if p.Sel != nil {
			for _, i := range p.Sel {
				row(int(i))
			}
			continue
		}
		for i := range p.Rows {
			row(i)
		}
	}
}
