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

// explained plans the query of a statement, which is checked as if it ran.
func (s *Session) explained(ctx context.Context, stmt syntax.Statement, params []syntax.Expr) (*plan.Query, *exec.Env, error) {
	var only planned
	var query syntax.Node
	var err error
	switch st := stmt.(type) {
	case *syntax.QueryStatement:
		query = st
	case *syntax.CreateTableAs:
		query = st.Query
		_, err = s.createTableAs(ctx, st, params, &only)
	case *syntax.Insert:
		query = st.Query
		_, err = s.insert(ctx, st, params, &only)
	case *syntax.Unload:
		query = st.Query
	default:
		return nil, nil, unsupported(stmt, "EXPLAIN of this statement")
	}
	if err != nil || only.q != nil {
		return only.q, only.env, err
	}
	return s.plan(ctx, query, params)
}

func (s *Session) explain(ctx context.Context, n *syntax.Explain, params []syntax.Expr) (*Result, error) {
	if n.Analyze {
		if _, ok := n.Statement.(*syntax.QueryStatement); !ok {
			return nil, unsupported(n.Statement, "EXPLAIN ANALYZE of a statement that is no query")
		}
	}
	p, env, err := s.explained(ctx, n.Statement, params)
	if err != nil {
		return nil, err
	}
	format, kind := strings.ToUpper(n.Format), strings.ToUpper(n.Type)
	var text string
	switch {
	case n.Analyze:
		if kind != "" {
			return nil, sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "EXPLAIN ANALYZE takes no TYPE")
		}
		if text, err = s.analyzed(ctx, p, env, n.Verbose, format); err != nil {
			return nil, err
		}
	case kind == "VALIDATE":
		b := page.NewBuilder(types.Boolean)
		b.Bool(true)
		r := &Result{Type: DML, Substatement: "EXPLAIN", Columns: []Column{{Name: "Valid", Type: types.Boolean}}}
		r.op = exec.Once(&page.Page{Rows: 1, Cols: []*page.Vector{b.Finish()}})
		return r, nil
	case kind == "IO":
		text = ioText(p)
	case format == "JSON":
		text = jsonText(planTree(p, nil))
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
		out.Records, out.Stored = &records, &stored
	}
	return out
}

func planTree(q *plan.Query, prof *exec.Profile) *planNode {
	id, seen := 0, map[*plan.Shared]bool{}
	var tree func(n plan.Node) *planNode
	tree = func(n plan.Node) *planNode {
		line := plan.Line(n, seen)
		first := line == plan.Line(n, nil)
		name, details, _ := strings.Cut(line, "[")
		out := &planNode{ID: strconv.Itoa(id), Name: name, Details: strings.TrimSuffix(details, "]"), Outputs: []planField{}, Children: []*planNode{}}
		id++
		for _, c := range n.Columns() {
			out.Outputs = append(out.Outputs, planField{c.Name, c.Type.String()})
		}
		if prof != nil && first {
			out.Stats = statsOf(prof, n)
		}
		for _, in := range plan.Shown(n, seen) {
			out.Children = append(out.Children, tree(in))
		}
		return out
	}
	return tree(q.Root)
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
	walk(planTree(q, nil))
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

// analyzed runs the query and gives its plan with what each step did.
func (s *Session) analyzed(ctx context.Context, p *plan.Query, env *exec.Env, verbose bool, format string) (text string, err error) {
	env.Profile = &exec.Profile{}
	proof := &proof{workers: env.Workers}
	env.Reads = proof.add
	start := time.Now()
	spilled := env.Space.Written()
	op, err := exec.Build(p.Root, env)
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := op.Close(); err == nil {
			err = cerr
		}
	}()
	rows := int64(0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for {
		pg, err := op.Next(ctx)
		if err != nil {
			return "", err
		}
		if pg == nil {
			break
		}
		rows += int64(pg.Len())
	}
	if err := proof.give(ctx); err != nil {
		return "", err
	}
	wall := time.Since(start)
	runtime.ReadMemStats(&after)
	if format == "JSON" {
		return jsonText(planTree(p, env.Profile)), nil
	}
	total := int64(0)
	counted := map[plan.Node]bool{}
	plan.WalkNodes(p.Root, func(n plan.Node) bool {
		if counted[n] {
			return false
		}
		counted[n] = true
		_, cpu := env.Profile.Own(n)
		total += cpu
		return true
	})
	var b strings.Builder
	kept := ""
	if n := env.Stats.BytesKept.Load(); n > 0 {
		kept = ", " + size(n) + " of kept columns"
	}
	b.WriteString("Fragment 0 [SINGLE]\n    ")
	if exec.CPUKnown {
		fmt.Fprintf(&b, "CPU: %s, ", duration(total))
	}
	fmt.Fprintf(&b, "Wall: %s, Input: %d rows (%s stored, %s raw%s), Output: %d rows, Peak memory of operators: %s, Spilled: %s, Allocated: %s\n",
		duration(int64(wall)), env.Stats.Records.Load(), size(env.Stats.BytesStored.Load()), size(env.Stats.BytesRaw.Load()), kept, rows,
		size(env.Memory.Peak()), size(env.Space.Written()-spilled), size(int64(after.TotalAlloc-before.TotalAlloc)))
	seen := map[*plan.Shared]bool{}
	var walk func(n plan.Node, depth int)
	walk = func(n plan.Node, depth int) {
		pad := strings.Repeat("  ", depth+2)
		line := plan.Line(n, seen)
		b.WriteString(pad + line + "\n")
		if st := statsOf(env.Profile, n); st != nil && line == plan.Line(n, nil) {
			b.WriteString(pad + "    ")
			if st.CPUNanos != nil {
				fmt.Fprintf(&b, "CPU: %s (%.2f%%), ", duration(*st.CPUNanos), 100*float64(*st.CPUNanos)/float64(max(total, 1)))
			}
			fmt.Fprintf(&b, "Wall: %s", duration(st.WallNanos))
			raw := env.Profile.Node(n)
			if st.Records != nil {
				fmt.Fprintf(&b, ", Input: %d rows (%s stored, %s raw)", *st.Records, size(*st.Stored), size(raw.Raw.Load()))
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
	walk(p.Root, 0)
	return b.String(), nil
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
