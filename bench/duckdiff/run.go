package duckdiff

// The loop: tables, queries, both engines, verdicts.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Options say what to run.
type Options struct {
	Seed    uint64
	Queries int
	First   int    // number of the first query: to see one again
	DuckDir string // where node_modules is; "" does not ask DuckDB
	Trino   string // the command that runs Trino; "" does not ask it
	TempDir string // for data and temporary files
	Shrink  int    // how many attempts to spend on shrinking a finding
	Log     io.Writer
	Print   bool // print every query
	MaxBad  int  // stop after so many findings; 0: never
	Plain   bool // ask ionq once, in its plain configuration
	Keep    bool // leave the data in TempDir, and print the tables' DDL
}

// Report counts what was seen.
type Report struct {
	Queries  int
	Compared int // ionq and another engine answered, and the answers were compared
	Duck     int // of these, with DuckDB
	Trino    int // of these, with Trino
	Rows     int
	Failed   int // both failed, as they should
	Findings []Finding
}

// Finding is a disagreement.
type Finding struct {
	Query  int
	What   string
	Athena string
	Duck   string
}

// perSet is how many queries run over one set of tables.
const perSet = 50

// runner is one set of tables in both engines.
type runner struct {
	opt    Options
	tables []*Table
	ionq   *Ionq
	duck   *Duck
	trino  *Trino
}

// Run generates queries and compares.
func Run(ctx context.Context, opt Options) (*Report, error) {
	rep := &Report{}
	var duck *Duck
	if opt.DuckDir != "" {
		var err error
		if duck, err = StartDuck(opt.DuckDir); err != nil {
			return nil, err
		}
		defer func() { _ = duck.Close() }() // only errors of a process that ends
	}
	var trino *Trino
	if opt.Trino != "" {
		var err error
		if trino, err = StartTrino(opt.Trino); err != nil {
			return nil, err
		}
		defer func() { _ = trino.Close() }() // likewise
	}
	for set := opt.First / perSet; set*perSet < opt.First+opt.Queries; set++ {
		if err := runSet(ctx, opt, set, duck, trino, rep); err != nil {
			return rep, err
		}
		if opt.MaxBad > 0 && len(rep.Findings) >= opt.MaxBad {
			break
		}
	}
	return rep, nil
}

func runSet(ctx context.Context, opt Options, set int, duck *Duck, trino *Trino, rep *Report) (err error) {
	rng := rand.New(rand.NewPCG(opt.Seed, uint64(set)))
	tables := NewTables(rng, 3, set%4 == 3)
	dir, err := os.MkdirTemp(opt.TempDir, "duckdiff")
	if err != nil {
		return err
	}
	if opt.Keep {
		fmt.Fprintf(opt.Log, "-- ionq --map s3://test=%s\n", dir)
	} else {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	for _, t := range tables {
		if opt.Keep {
			fmt.Fprintf(opt.Log, "%s;\n", t.DDL())
		}
		if err := t.WriteIon(rng, dir); err != nil {
			return err
		}
		if duck != nil {
			if _, err := duck.Run(t.DuckSetup()...); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		if trino != nil {
			if _, _, err := trino.Run(t.TrinoSetup()...); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
	}
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o755); err != nil {
		return err
	}
	q, err := OpenIonq(ctx, dir, temp, tables)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	r := &runner{opt: opt, tables: tables, ionq: q, duck: duck, trino: trino}
	for i := set * perSet; i < (set+1)*perSet && i < opt.First+opt.Queries; i++ {
		if i < opt.First {
			continue
		}
		g := &gen{rng: rand.New(rand.NewPCG(opt.Seed^0x5bd1e995, uint64(i))), tables: tables}
		g.trino = trino != nil
		g.wide = g.trino || duck == nil
		risky := i%10 == 9
		var query *Query
		if risky {
			query = g.risky()
		} else {
			query = g.top()
			risky = g.mayFail
		}
		if opt.Print {
			text, _ := query.Duck()
			fmt.Fprintf(opt.Log, "-- %d\n%s;\n%s;\n", i, query.Athena(), text)
		}
		rep.Queries++
		start := time.Now()
		// Every other query is asked in every other configuration.
		v := r.verdict(ctx, query, risky, func(c int) bool { return !opt.Plain && (c+i)%2 == 0 })
		if d := time.Since(start); d > 5*time.Second && !opt.Print {
			fmt.Fprintf(opt.Log, "-- query %d took %v\n%s\n", i, d, query.Athena())
		}
		rep.Rows += v.rows
		switch {
		case v.what != "":
			kind := v.kind
			small := Shrink(query, opt.Shrink, func(x *Query) bool {
				w := r.verdict(ctx, x, risky, func(c int) bool { return kind == "configuration "+configs[c].name })
				return w.what != "" && w.kind == kind
			})
			w := r.verdict(ctx, small, risky, func(c int) bool { return kind == "configuration "+configs[c].name })
			text, _ := small.Duck()
			f := Finding{i, w.what, small.Athena(), text}
			rep.Findings = append(rep.Findings, f)
			fmt.Fprintf(opt.Log, "\n== query %d (seed %d, set %d): %s\n%s\n-- DuckDB\n%s\n", i, opt.Seed, set, f.What, f.Athena, f.Duck)
		case v.failed:
			rep.Failed++
		default:
			rep.Compared++
			if v.duck {
				rep.Duck++
			}
			if v.trino {
				rep.Trino++
			}
		}
		if opt.MaxBad > 0 && len(rep.Findings) >= opt.MaxBad {
			return nil
		}
	}
	return nil
}

// verdict is what came of one query.
type verdict struct {
	kind, what string // of a disagreement
	failed     bool   // all engines failed
	duck       bool   // DuckDB's answer was compared
	trino      bool   // Trino's was
	rows       int
}

// verdict asks both engines; ask says in which further configurations.
func (r *runner) verdict(ctx context.Context, q *Query, risky bool, ask func(config int) bool) verdict {
	bad := func(kind, format string, args ...any) verdict {
		return verdict{kind: kind, what: kind + ": " + fmt.Sprintf(format, args...)}
	}
	text := q.Athena()
	ts, rows, err := r.ionq.Run(ctx, 0, text)
	if err != nil && sqlerr.As(err).Code == sqlerr.GenericInternalError && sqlerr.As(err).Err != nil { // a panic
		return bad("internal error", "%v\n%v", err, sqlerr.As(err).Err)
	}
	for i := 1; i < len(configs); i++ {
		if !ask(i) {
			continue
		}
		_, other, err2 := r.ionq.Run(ctx, i, text)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			if err2 != nil && sqlerr.As(err2).Code == "EXCEEDED_LOCAL_MEMORY_LIMIT" {
				continue // a budget of one byte, where nothing can be cut
			}
			return bad("configuration "+configs[i].name, "%v and %v", err, err2)
		}
		if d := identical(rows, other); d != "" {
			return bad("configuration "+configs[i].name, "%s", d)
		}
	}
	if err == nil {
		for i, c := range q.Cols {
			if i < len(ts) && !sameType(ts[i], c.T) {
				return bad("type", "column %s is %s, want %s", c.Name, ts[i], c.T)
			}
		}
		if len(ts) != len(q.Cols) {
			return bad("type", "%d columns, want %d", len(ts), len(q.Cols))
		}
	}
	v := verdict{rows: len(rows), failed: err != nil}
	ordered := len(q.Order) >= len(q.Cols)
	if r.trino != nil {
		_, theirs, err2 := r.trino.Run(text)
		var te *TrinoError
		v.trino = true
		switch {
		case err2 != nil && !errors.As(err2, &te):
			return bad("Trino is gone", "%v", err2)
		case err2 != nil && strings.HasPrefix(te.Code, "java."):
			v.trino = false // an exception of its own: it has no opinion
		case err != nil && err2 != nil:
			if code := string(sqlerr.CodeOf(err)); code != te.Code {
				return bad("other code: "+code+", "+te.Code, "%v; %v", err, err2)
			}
			if !risky {
				return bad("ionq and Trino fail: "+first(err), "%v; %v", err, err2)
			}
		case err != nil:
			return bad("ionq fails, not Trino: "+first(err), "%v", err)
		case err2 != nil:
			return bad("Trino fails: "+first(err2), "%v", err2)
		default:
			// Trino loses the order of FETCH WITH TIES over rows that are no more than n.
			mine, theirs := certain(q.Cols, rows, formed(q.Cols, theirs))
			if d := differ(q.Cols, mine, theirs, ordered && !q.Ties); d != "" {
				return bad("rows of Trino", "%s", d)
			}
		}
	}
	if text, ok := q.Duck(); ok && r.duck != nil {
		theirs, err2 := r.duck.Run(text)
		var de *DuckError
		switch {
		case err2 != nil && !errors.As(err2, &de):
			return bad("DuckDB is gone", "%v", err2)
		case err != nil && err2 != nil:
			if !risky {
				return bad("both fail: "+first(err)+": "+first(err2), "%v; %v", err, err2)
			}
		case err != nil:
			return bad("ionq fails: "+first(err), "%v", err)
		case err2 != nil:
			return bad("DuckDB fails: "+first(err2), "%v", err2)
		default:
			mine, theirs := certain(q.Cols, rows, formed(q.Cols, theirs))
			if d := differ(q.Cols, mine, theirs, ordered); d != "" {
				return bad("rows", "%s", d)
			}
		}
		v.duck = true
	}
	if err != nil && !risky {
		return bad("ionq refuses: "+first(err), "%v", err)
	}
	return v
}

// certain leaves out the columns of sums of which nothing is certain: of very large
// doubles with small ones, which are added in another order.
func certain(cols []*Column, a, b [][]any) (x, y [][]any) {
	for i, c := range cols {
		if c.Approx && c.Mag > 1e100 {
			a, b = without(a, i), without(b, i)
		}
	}
	return a, b
}

// without gives rows with a NULL in column i.
func without(rows [][]any, i int) [][]any {
	out := make([][]any, len(rows))
	for k, r := range rows {
		out[k] = slices.Clone(r)
		out[k][i] = nil
	}
	return out
}

// formed gives another engine's rows the form of the columns' types.
func formed(cols []*Column, rows [][]any) [][]any {
	for _, row := range rows {
		for i, v := range row {
			if i < len(cols) {
				row[i] = fromDuck(cols[i].T, v)
			}
		}
	}
	return rows
}

// first gives the first words of an error, by which shrinking knows it again.
func first(err error) string {
	s := err.Error()
	var de *DuckError
	var te *TrinoError
	switch {
	case errors.As(err, &de):
		return s[:min(len(s), 45)]
	case errors.As(err, &te):
		return te.Code
	}
	return string(sqlerr.CodeOf(err)) + s[:min(len(s), 40)]
}

// risky makes a query whose expressions may fail: then both engines must.
func (g *gen) risky() *Query {
	g.names, g.ctes = 0, nil
	src := g.named()
	sc := &scope{leaves: src.leaves}
	s := &Select{From: src.f}
	for _, e := range []*Expr{g.riskyExpr(sc)} {
		s.Items = append(s.Items, Item{e, g.name("c")})
	}
	return one(s)
}

func (g *gen) riskyExpr(sc *scope) *Expr {
	a, b := g.int(sc, g.n(2)), g.int(sc, g.n(2))
	t := wider(a.T, b.T)
	switch g.n(9) {
	case 0, 1:
		return call(t, "($1 "+pick(g.rng, "+", "-", "*")+" $2)", a, b)
	case 2:
		return both(t, "($1 "+"/"+" $2)", "t_idiv($1, $2)", a, b)
	case 3:
		return both(t, "($1 % $2)", "t_imod($1, $2)", a, b)
	case 4:
		t := pick(g.rng, types.Tinyint, types.Smallint, types.Integer)
		return both(t, "CAST($1 AS "+t.String()+")", "CAST($1 AS "+duckType(t)+")", a)
	case 5:
		return both(types.Bigint, "CAST($1 AS bigint)", "CAST($1 AS BIGINT)", g.numText(a))
	case 6:
		x := g.dec(sc, 1)
		t := pick(g.rng, types.Decimal(5, 2), types.Decimal(3, 0), types.Decimal(10, 4))
		return both(t, "CAST($1 AS "+t.String()+")", "CAST($1 AS "+duckType(t)+")", x)
	case 7:
		return both(types.Bigint, "abs(CAST($1 AS bigint))", "abs(CAST($1 AS BIGINT))", a)
	}
	return both(types.Bigint, "sum(abs(CAST($1 AS bigint)))", "CAST(sum(abs(CAST($1 AS BIGINT))) AS BIGINT)", a)
}
