package engine

// EXPLAIN and EXPLAIN ANALYZE (Athena user guide, "Using EXPLAIN and EXPLAIN
// ANALYZE in Athena"): the plan as text, JSON or a graph; the tables that are
// read; or the plan with what each step did.

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// explained plans the query of a statement, which is checked as if it ran. With run a
// statement that writes does run, as Athena's EXPLAIN ANALYZE has it do.
func (s *Session) explained(ctx context.Context, stmt syntax.Statement, params []syntax.Expr, run bool) (*planned, error) {
	only := &planned{run: run}
	var err error
	switch st := stmt.(type) {
	case *syntax.QueryStatement:
		only.q, only.env, err = s.plan(ctx, st, params)
	case *syntax.CreateTableAs:
		_, err = s.createTableAs(ctx, st, params, only)
		if err == nil && only.q == nil { // IF NOT EXISTS, and it does
			only.q, only.env, err = s.plan(ctx, st.Query, params)
		}
	case *syntax.Insert:
		_, err = s.insert(ctx, st, params, only)
	case *syntax.Unload:
		_, err = s.unload(ctx, st, params, only)
	default:
		err = unsupported(stmt, "EXPLAIN of this statement")
	}
	return only, err
}

// explain explains a statement, or the one that EXECUTE names. EXPLAIN ANALYZE takes no
// EXECUTE (Trino's QueryPreparer).
func (s *Session) explain(ctx context.Context, n *syntax.Explain, params []syntax.Expr) (*Result, error) {
	stmt, text := n.Statement, ""
	switch st := stmt.(type) {
	case *syntax.Execute:
		if n.Analyze {
			return nil, sqlerr.Newf(sqlerr.NotSupported, st.Pos(), "EXPLAIN ANALYZE doesn't support statement type: Execute")
		}
		var err error
		if stmt, text, err = s.preparedStatement(st, st.Args); err != nil {
			return nil, err
		}
		params = nonNil(st.Args)
		if err := checkCount(stmt, len(params)); err != nil {
			return nil, within(err, text)
		}
	case *syntax.ExecuteImmediate:
		if n.Analyze {
			return nil, sqlerr.Newf(sqlerr.NotSupported, st.Pos(), "EXPLAIN ANALYZE doesn't support statement type: ExecuteImmediate")
		}
		if err := usingArgs(st.Args); err != nil {
			return nil, err
		}
		if err := checkCount(st.Statement, len(st.Args)); err != nil {
			return nil, err
		}
		stmt, params = st.Statement, nonNil(st.Args)
	}
	r, err := s.explainStatement(ctx, n, stmt, params)
	if err != nil && text != "" {
		return nil, within(err, text)
	}
	return r, err
}

func (s *Session) explainStatement(ctx context.Context, n *syntax.Explain, stmt syntax.Statement, params []syntax.Expr) (*Result, error) {
	if n.Analyze && n.Type != "" {
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "EXPLAIN ANALYZE takes no TYPE")
	}
	only, err := s.explained(ctx, stmt, params, n.Analyze)
	if err != nil {
		return nil, err
	}
	p := only.q
	format, kind := strings.ToUpper(n.Format), strings.ToUpper(n.Type)
	var text string
	switch {
	case n.Analyze:
		if only.root == nil {
			if err := s.analyzed(ctx, only); err != nil {
				return nil, err
			}
		}
		text = only.figures(n.Verbose, format)
	case kind == "VALIDATE":
		b := page.NewBuilder(types.Boolean)
		b.Bool(true)
		r := &Result{Type: DML, Substatement: "EXPLAIN", Columns: []Column{{Name: "Valid", Type: types.Boolean}}}
		r.op = exec.Once(&page.Page{Rows: 1, Cols: []*page.Vector{b.Finish()}})
		return r, nil
	case kind == "IO":
		text = ioText(p)
	case format == "JSON":
		text = jsonText(planTree(p.Root, nil))
	case format == "GRAPHVIZ":
		text = graphText(p)
	default:
		text = p.String()
		if kind == "DISTRIBUTED" {
			// One process runs it all: a single fragment.
			text = "Fragment 0 [SINGLE]\n" + indent(text)
		}
	}
	// Athena's .txt starts with the heading, and its plan ends with an empty line
	// (semantics 11.2, 11.3).
	lines := append([]string{"Query Plan"}, strings.Split(text, "\n")...)
	r := utilityResult("EXPLAIN", []string{"Query Plan"}, oneColumn(lines))
	r.Type, r.UpdateCount = DML, nil
	r.Warnings = p.Warning
	return r, nil
}

func indent(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return "    " + strings.Join(lines, "\n    ") + "\n"
}

// planNode is a step of a plan in JSON.
type planNode struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Details  string      `json:"details"`
	Outputs  []planField `json:"outputs"`
	Stats    *planStats  `json:"stats,omitempty"`
	Children []*planNode `json:"children"`
}

type planField struct {
	Name string `json:"symbol"`
	Type string `json:"type"`
}

// planStats is what one step did by itself, over all workers.
type planStats struct {
	Rows      int64  `json:"outputRows"`
	Bytes     int64  `json:"outputBytes"`
	WallNanos int64  `json:"wallNanos"`
	CPUNanos  *int64 `json:"cpuNanos,omitempty"` // where the system tells it
	Memory    int64  `json:"peakMemoryBytes"`
	Spilled   int64  `json:"spilledBytes"`
	Records   *int64 `json:"inputRows,omitempty"` // of a scan
	Stored    *int64 `json:"inputBytes,omitempty"`
	Kept      int64  `json:"inputKeptBytes,omitempty"` // of kept columns, in the files' place
}

func statsOf(prof *exec.Profile, n plan.Node) *planStats {
	st := prof.Node(n)
	if st == nil {
		return nil
	}
	wall, cpu := prof.Own(n)
	out := &planStats{
		Rows: st.Rows.Load(), Bytes: st.Bytes.Load(), WallNanos: wall,
		Memory: st.Memory.Peak(), Spilled: st.Space.Written(),
	}
	if exec.CPUKnown {
		out.CPUNanos = &cpu
	}
	if _, ok := n.(*plan.Scan); ok {
		records, stored := st.Records.Load(), st.Stored.Load()
		out.Records, out.Stored, out.Kept = &records, &stored, st.Kept.Load()
	}
	return out
}

func planTree(root plan.Node, prof *exec.Profile) *planNode {
	id, seen := 0, map[*plan.Shared]bool{}
	var tree func(n plan.Node) *planNode
	tree = func(n plan.Node) *planNode {
		line, again := plan.Line(n, seen)
		name, details, _ := strings.Cut(line, "[")
		out := &planNode{ID: strconv.Itoa(id), Name: name, Details: strings.TrimSuffix(details, "]"), Outputs: []planField{}, Children: []*planNode{}}
		id++
		for _, c := range n.Columns() {
			out.Outputs = append(out.Outputs, planField{c.Name, c.Type.String()})
		}
		if prof != nil && !again {
			out.Stats = statsOf(prof, n)
		}
		for _, in := range plan.Shown(n, seen) {
			out.Children = append(out.Children, tree(in))
		}
		return out
	}
	return tree(root)
}

func jsonText(v any) string {
	b, err := json.MarshalIndent(v, "", "   ")
	if err != nil {
		panic("BUG: a plan cannot be written as JSON: " + err.Error())
	}
	return string(b) + "\n"
}

// graphText is the plan as a graph in the language of Graphviz.
func graphText(q *plan.Query) string {
	var b strings.Builder
	b.WriteString("digraph logical_plan {\nsubgraph cluster_0 {\nlabel = \"SINGLE\"\n")
	var edges strings.Builder
	var walk func(n *planNode)
	walk = func(n *planNode) {
		label := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "{", `\{`, "}", `\}`, "|", `\|`, "<", `\<`, ">", `\>`).Replace(n.Name + "|" + n.Details)
		label = strings.Replace(label, `\|`, "|", 1)
		fmt.Fprintf(&b, "plannode_%s[label=\"{%s}\", style=\"rounded, filled\", shape=record, fillcolor=white];\n", n.ID, label)
		for _, c := range n.Children {
			fmt.Fprintf(&edges, "plannode_%s -> plannode_%s;\n", n.ID, c.ID)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(planTree(q.Root, nil))
	b.WriteString("}\n" + edges.String() + "}\n")
	return b.String()
}

// ioText lists the tables that a query reads.
func ioText(q *plan.Query) string {
	type schemaTable struct {
		Schema string `json:"schema"`
		Table  string `json:"table"`
	}
	type table struct {
		Catalog     string      `json:"catalog"`
		SchemaTable schemaTable `json:"schemaTable"`
	}
	type info struct {
		Table table  `json:"table"`
		Note  string `json:"constraint,omitempty"`
	}
	out := struct {
		Inputs []info `json:"inputTableColumnInfos"`
	}{[]info{}}
	seen := map[string]bool{}
	plan.WalkNodes(q.Root, func(n plan.Node) bool {
		if sc, ok := n.(*plan.Scan); ok {
			t := sc.Table
			if key := t.Database + "." + t.Name + " " + t.Note; !seen[key] {
				seen[key] = true
				out.Inputs = append(out.Inputs, info{table{t.Catalog, schemaTable{t.Database, t.Name}}, t.Note})
			}
		}
		return true
	})
	return jsonText(out)
}

// measure is what is known of a whole run.
type measure struct {
	env     *exec.Env
	start   time.Time
	spilled int64
	before  runtime.MemStats
	wall    time.Duration
	after   runtime.MemStats
}

// watch has a query that is about to run say what each step does.
func watch(env *exec.Env) *measure {
	env.Profile = &exec.Profile{}
	m := &measure{env: env, start: time.Now(), spilled: env.Space.Written()}
	runtime.ReadMemStats(&m.before)
	return m
}

func (m *measure) end() {
	m.wall = time.Since(m.start)
	runtime.ReadMemStats(&m.after)
}

// analyzed runs a query for EXPLAIN ANALYZE.
func (s *Session) analyzed(ctx context.Context, only *planned) (err error) {
	env := only.env
	only.take(only.q, only.q.Root, env)
	proof := &proof{workers: env.Workers}
	env.Reads = proof.add
	op, err := exec.Build(only.root, env)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := op.Close(); err == nil {
			err = cerr
		}
	}()
	for {
		pg, err := op.Next(ctx)
		if err != nil {
			return err
		}
		if pg == nil {
			break
		}
		only.rows += int64(pg.Len())
	}
	if err := proof.give(ctx); err != nil {
		return err
	}
	only.at.end()
	return nil
}

// figures gives the plan with what each step did.
func (p *planned) figures(verbose bool, format string) string {
	env := p.env
	if format == "JSON" {
		return jsonText(planTree(p.root, env.Profile))
	}
	m := p.at
	total := int64(0)
	counted := map[plan.Node]bool{}
	plan.WalkNodes(p.root, func(n plan.Node) bool {
		if counted[n] {
			return false
		}
		counted[n] = true
		_, cpu := env.Profile.Own(n)
		total += cpu
		return true
	})
	var b strings.Builder
	kept := func(n int64) string {
		if n == 0 {
			return ""
		}
		return ", " + size(n) + " of kept columns"
	}
	b.WriteString("Fragment 0 [SINGLE]\n    ")
	if exec.CPUKnown {
		fmt.Fprintf(&b, "CPU: %s, ", duration(total))
	}
	fmt.Fprintf(&b, "Wall: %s, Input: %d rows (%s stored, %s raw%s), Output: %d rows, Peak memory of operators: %s, Spilled: %s, Allocated: %s\n",
		duration(int64(m.wall)), env.Stats.Records.Load(), size(env.Stats.BytesStored.Load()), size(env.Stats.BytesRaw.Load()), kept(env.Stats.BytesKept.Load()), p.rows,
		size(env.Memory.Peak()), size(env.Space.Written()-m.spilled), size(int64(m.after.TotalAlloc-m.before.TotalAlloc)))
	seen := map[*plan.Shared]bool{}
	var walk func(n plan.Node, depth int)
	walk = func(n plan.Node, depth int) {
		pad := strings.Repeat("  ", depth+2)
		line, again := plan.Line(n, seen)
		b.WriteString(pad + line + "\n")
		if st := statsOf(env.Profile, n); st != nil && !again {
			b.WriteString(pad + "    ")
			if st.CPUNanos != nil {
				fmt.Fprintf(&b, "CPU: %s (%.2f%%), ", duration(*st.CPUNanos), 100*float64(*st.CPUNanos)/float64(max(total, 1)))
			}
			fmt.Fprintf(&b, "Wall: %s", duration(st.WallNanos))
			raw := env.Profile.Node(n)
			if st.Records != nil {
				fmt.Fprintf(&b, ", Input: %d rows (%s stored, %s raw%s)", *st.Records, size(*st.Stored), size(raw.Raw.Load()), kept(st.Kept))
			}
			if raw.Pages.Load() > 0 || st.Records == nil {
				fmt.Fprintf(&b, ", Output: %d rows (%s)", st.Rows, size(st.Bytes))
			} // else the scan and the filter above it are one
			b.WriteString("\n")
			if st.Memory > 0 || st.Spilled > 0 {
				fmt.Fprintf(&b, "%s    Peak memory: %s, Spilled: %s\n", pad, size(st.Memory), size(st.Spilled))
			}
			if verbose {
				fmt.Fprintf(&b, "%s    Pages: %d, largest: %s\n", pad, raw.Pages.Load(), size(raw.Held.Load()))
			}
		}
		for _, in := range plan.Shown(n, seen) {
			walk(in, depth+1)
		}
	}
	walk(p.root, 0)
	return b.String()
}

func duration(nanos int64) string { return fmt.Sprintf("%.2fms", float64(nanos)/1e6) }

func size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + "B"
	case n < 1_000_000:
		return fmt.Sprintf("%.2fkB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.2fMB", float64(n)/1e6)
}
