package main

// The shell: commands of its own between statements, at the prompt and on
// standard input. Their names are those of DuckDB's and SQLite's shells, and psql's
// where it has one.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// shell is a session with its commands.
type shell struct {
	r      *runner
	stdout io.Writer
	format string // to come back to after \x
	timer  bool
	file   *os.File // of .output; nil: stdout
	depth  int      // of .read
}

// maxReadDepth ends files that read each other.
const maxReadDepth = 16

func newShell(r *runner, stdout io.Writer) *shell {
	return &shell{r: r, stdout: stdout, format: r.format}
}

// shellCommand is one of the shell's commands.
type shellCommand struct {
	names []string // the first is shown
	args  string
	help  string
	run   func(sh *shell, ctx context.Context, arg string) error
}

// errQuit leaves the shell.
var errQuit = errors.New("quit")

// commands in the order in which .help shows them. It is a function because .help
// is one of them.
func commands() []shellCommand {
	return []shellCommand{
		{[]string{".help", `\?`, `\h`}, "[FUNCTION]", "this list, or what a function does", (*shell).help},
		{[]string{".tables", `\dt`, `\d`}, "", "the tables and views; \\d TABLE describes one", (*shell).tables},
		{[]string{".schema"}, "[TABLE]", "the statement that makes a table or view, or all of them", (*shell).schema},
		{[]string{".databases", `\l`}, "", "the databases", func(sh *shell, ctx context.Context, _ string) error { return sh.sql(ctx, "SHOW DATABASES") }},
		{[]string{".use", `\c`}, "DATABASE", "the database of names without one", func(sh *shell, _ context.Context, arg string) error { return sh.r.session.Set("database", arg) }},
		{[]string{".mode"}, "[FORMAT]", "how results are shown: " + strings.Join(output.Formats, ", "), (*shell).mode},
		{[]string{`\x`}, "[on|off]", "one line a value", (*shell).expanded},
		{[]string{".timer", `\timing`}, "[on|off]", "tell how long statements take", (*shell).timing},
		{[]string{".read", `\i`}, "FILE", "run the statements of a file", (*shell).read},
		{[]string{".output", `\o`}, "[FILE]", "write results to a file, or to the terminal again", (*shell).output},
		{[]string{".quit", ".exit", `\q`}, "", "leave", func(*shell, context.Context, string) error { return errQuit }},
	}
}

// isCommand tells a line that is a command of the shell; statements begin with a
// letter or a parenthesis.
func isCommand(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, ".") || strings.HasPrefix(line, `\`)
}

// command runs a line that is a command.
func (sh *shell) command(ctx context.Context, line string) error {
	word, arg, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), ";"), " ")
	arg = strings.TrimSpace(arg)
	var names []string
	for _, c := range commands() {
		if slices.Contains(c.names, strings.ToLower(word)) {
			if arg == "" && strings.HasPrefix(c.args, "FILE") || arg == "" && strings.HasPrefix(c.args, "DATABASE") || arg != "" && c.args == "" && word != `\d` {
				return sqlerr.New(sqlerr.InvalidArguments, "usage: %s", strings.TrimSpace(c.names[0]+" "+c.args))
			}
			return c.run(sh, ctx, arg)
		}
		names = append(names, c.names...)
	}
	e := sqlerr.New(sqlerr.InvalidArguments, "there is no command %s", word)
	if near := sqlerr.Nearest(strings.ToLower(word), names); near != "" {
		return e.WithHint("did you mean %s?", near)
	}
	return e.WithHint(".help lists them")
}

// text runs what a file or a pipe holds: statements, and commands where a line
// begins with one outside of a statement. It reports whether one failed.
func (sh *shell) text(ctx context.Context, file, text string) (failed bool, err error) {
	var pending strings.Builder
	first, lines := 0, strings.SplitAfter(text, "\n")
	flush := func() {
		if strings.TrimSpace(pending.String()) != "" && sh.statements(ctx, file, first, pending.String()) {
			failed = true
		}
		pending.Reset()
	}
	for n, line := range lines {
		if p := strings.TrimSpace(pending.String()); isCommand(line) && (p == "" || complete(p)) {
			flush()
			if failed && !sh.r.keepGoing || ctx.Err() != nil {
				return failed, nil
			}
			if err := sh.command(ctx, line); err != nil {
				if errors.Is(err, errQuit) {
					return failed, err
				}
				sh.fail(err)
				failed = true
				if !sh.r.keepGoing {
					return failed, nil
				}
			}
			continue
		}
		if pending.Len() == 0 {
			first = n
		}
		pending.WriteString(line)
	}
	flush()
	return failed, nil
}

// statements runs SQL that begins at a line (from 0) of a file.
func (sh *shell) statements(ctx context.Context, file string, line int, text string) (failed bool) {
	start := time.Now()
	failed = sh.r.inputs(ctx, []input{{file: file, text: strings.Repeat("\n", line) + text}})
	if sh.timer {
		_ = sh.r.w.Flush()
		fmt.Fprintf(sh.r.stderr, "time: %.3f s\n", time.Since(start).Seconds())
	}
	return failed
}

// fail shows the error of a command, behind what was written before it.
func (sh *shell) fail(err error) {
	if errors.Is(err, errTold) {
		return
	}
	if ferr := sh.r.w.Flush(); ferr != nil {
		printError(sh.r.stderr, writeError(ferr), nil)
	}
	printError(sh.r.stderr, err, nil)
}

// sql runs a statement that stands for a command.
func (sh *shell) sql(ctx context.Context, text string) error {
	if err := sh.r.statement(ctx, &place{text: text}); err != nil {
		return errTold
	}
	return nil
}

// errTold is for what has been printed already.
var errTold = errors.New("told")

// out is where a command writes, apart from what was written before it.
func (sh *shell) out() io.Writer {
	sh.r.wrote.start()
	return sh.r.wrote
}

// rows gives the first column of a statement's rows.
func (sh *shell) rows(ctx context.Context, text string) (out []string, err error) {
	res, err := sh.r.session.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	for {
		p, err := res.Next(ctx)
		if err != nil || p == nil {
			return out, err
		}
		for i := range p.Len() {
			at := i
			if p.Sel != nil {
				at = int(p.Sel[i])
			}
			out = append(out, string(output.AppendText(nil, p.Cols[0], at)))
		}
	}
}

func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func (sh *shell) tables(ctx context.Context, arg string) error {
	if arg != "" { // \d TABLE
		return sh.sql(ctx, "DESCRIBE "+quoteName(arg))
	}
	return sh.sql(ctx, "SHOW TABLES")
}

func (sh *shell) schema(ctx context.Context, arg string) error {
	views, err := sh.rows(ctx, "SHOW VIEWS")
	if err != nil {
		return err
	}
	names := []string{strings.ToLower(arg)}
	if arg == "" {
		if names, err = sh.rows(ctx, "SHOW TABLES"); err != nil {
			return err
		}
	}
	for _, name := range names {
		kind := "TABLE"
		if slices.Contains(views, name) {
			kind = "VIEW"
		}
		lines, err := sh.rows(ctx, "SHOW CREATE "+kind+" "+quoteName(name))
		if err != nil {
			return err
		}
		fmt.Fprintln(sh.out(), strings.Join(lines, "\n")+";")
	}
	return nil
}

func (sh *shell) mode(_ context.Context, arg string) error {
	if arg == "" {
		fmt.Fprintln(sh.out(), sh.r.format)
		return nil
	}
	if !slices.Contains(output.Formats, arg) {
		return sqlerr.New(sqlerr.InvalidArguments, "there is no format %s", arg).WithHint("the formats are %s", strings.Join(output.Formats, ", "))
	}
	sh.r.format, sh.format = arg, arg
	return nil
}

// onOff reads the argument of a switch; without one it turns over.
func onOff(arg string, now bool) (bool, error) {
	switch strings.ToLower(arg) {
	case "":
		return !now, nil
	case "on", "true", "1":
		return true, nil
	case "off", "false", "0":
		return false, nil
	}
	return now, sqlerr.New(sqlerr.InvalidArguments, "on or off, not %s", arg)
}

func (sh *shell) expanded(_ context.Context, arg string) error {
	on, err := onOff(arg, sh.r.format == "line")
	switch {
	case err != nil:
		return err
	case on:
		sh.r.format = "line"
	case sh.format == "line":
		sh.r.format, sh.format = "table", "table"
	default:
		sh.r.format = sh.format
	}
	return nil
}

func (sh *shell) timing(_ context.Context, arg string) (err error) {
	sh.timer, err = onOff(arg, sh.timer)
	return err
}

func (sh *shell) read(ctx context.Context, arg string) error {
	if sh.depth >= maxReadDepth {
		return sqlerr.New(sqlerr.GenericUserError, "files that read files, more than %d deep: %s", maxReadDepth, arg)
	}
	data, err := os.ReadFile(arg)
	if err != nil {
		return sqlerr.New(sqlerr.NotFound, "cannot read statements: %v", err)
	}
	sh.depth++
	defer func() { sh.depth-- }()
	failed, err := sh.text(ctx, arg, strings.TrimPrefix(string(data), byteOrderMark))
	if err == nil && failed {
		return errTold // so that what reads the file fails too
	}
	return err
}

func (sh *shell) output(_ context.Context, arg string) error {
	if err := sh.close(); err != nil {
		return err
	}
	if arg == "" {
		return nil
	}
	f, err := os.Create(arg)
	if err != nil {
		return sqlerr.New(sqlerr.GenericUserError, "cannot write results: %v", err)
	}
	sh.file = f
	sh.r.redirect(f)
	return nil
}

// close completes what was written, and a file of .output.
func (sh *shell) close() error {
	err := sh.r.w.Flush()
	if sh.file != nil {
		err = errors.Join(err, sh.file.Close())
		sh.file = nil
	}
	sh.r.redirect(sh.stdout)
	if err != nil {
		return writeError(err)
	}
	return nil
}

func (sh *shell) help(_ context.Context, arg string) error {
	if arg != "" {
		return describeFunction(sh.out(), strings.ToLower(strings.TrimSuffix(arg, "()")))
	}
	w := sh.out()
	fmt.Fprint(w, "Statements end with a semicolon: Athena's SQL, as it is.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimSpace(c.names[0]+" "+c.args), c.help)
	}
	fmt.Fprint(w, "\nAlso psql's \\dt, \\d TABLE, \\l, \\c, \\timing, \\i, \\o and \\q. Ctrl-C drops the line, or stops the running query; Ctrl-D leaves.\n")
	return nil
}

// describeFunction prints a function's overloads and documentation, from the table
// that the analyzer resolves calls by.
func describeFunction(w io.Writer, name string) error {
	kinds := map[function.Kind]string{function.Scalar: "function", function.Aggregate: "aggregate function", function.Window: "window function"}
	doc := ""
	var near, like []string
	found := false
	for _, f := range function.All() {
		if f.Hidden {
			continue
		}
		if f.Name != name {
			near = append(near, f.Name)
			if strings.Contains(f.Name, name) && !slices.Contains(like, f.Name) {
				like = append(like, f.Name)
			}
			continue
		}
		if !found {
			kind := kinds[f.Kind]
			if family := strings.TrimSpace(f.Category); !strings.HasPrefix(kind, family) {
				kind = family + " " + kind
			}
			fmt.Fprintf(w, "%s: %s\n", f.Name, kind)
		}
		found = true
		if f.Doc != doc {
			doc = f.Doc
			fmt.Fprintf(w, "%s\n", doc)
		}
		params, result, _ := strings.Cut(f.Sig, "->")
		result, where, _ := strings.Cut(result, " where ")
		line := "  " + f.Name + strings.TrimSpace(params) + " → " + strings.TrimSpace(result)
		if where != "" {
			line += ", " + strings.TrimSpace(where)
		}
		fmt.Fprintln(w, line)
	}
	if found {
		return nil
	}
	if len(like) > 0 {
		slices.Sort(like)
		fmt.Fprintf(w, "Functions with %s in their names: %s\n", name, strings.Join(like, ", "))
		return nil
	}
	e := sqlerr.New(sqlerr.FunctionNotFound, "Function '%s' not registered", name)
	if n := sqlerr.Nearest(name, near); n != "" {
		return e.WithHint("did you mean %s?", n)
	}
	return e.WithHint("SHOW FUNCTIONS lists them")
}

// completions are the words that Tab completes: commands, words of statements,
// tables, columns, functions.
func (sh *shell) completions(ctx context.Context) []string {
	words := strings.Fields("SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT JOIN LEFT CROSS UNNEST DISTINCT UNION WITH DESCRIBE SHOW TABLES COLUMNS CREATE EXPLAIN BETWEEN INTERVAL TIMESTAMP DECIMAL")
	for _, c := range commands() {
		words = append(words, c.names...)
	}
	for _, q := range []string{
		"SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema",
		"SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = current_schema",
	} {
		names, err := sh.rows(ctx, q)
		if err == nil { // without names there is nothing to complete
			words = append(words, names...)
		}
	}
	for _, f := range function.All() {
		if !f.Hidden {
			words = append(words, f.Name)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// wordEnds are what a word to complete can follow.
const wordEnds = " \t(),=<>+-*/|[\"`;:"

// completeWord completes the word before the cursor by what all words that it
// begins have in common.
func completeWord(words []string, line string, pos int) (newLine string, newPos int, ok bool) {
	word := line[strings.LastIndexAny(line[:pos], wordEnds)+1 : pos]
	if at := strings.LastIndexByte(word, '.'); at > 0 { // t.colu, not .comm
		word = word[at+1:]
	}
	if word == "" { // a tab for its own sake
		return line[:pos] + " " + line[pos:], pos + 1, true
	}
	common, n := "", 0
	for _, w := range words {
		if len(w) < len(word) || !strings.EqualFold(w[:len(word)], word) {
			continue
		}
		if n++; n == 1 {
			common = w
			continue
		}
		k := 0
		for k < len(common) && k < len(w) && strings.EqualFold(common[k:k+1], w[k:k+1]) {
			k++
		}
		common = common[:k]
	}
	if len(common) < len(word) || n == 0 {
		return "", 0, false
	}
	rest := common[len(word):]
	if rest == "" && n == 1 { // whole already
		rest = " "
	}
	if strings.ToUpper(word) != word {
		rest = strings.ToLower(rest)
	}
	return line[:pos] + rest + line[pos:], pos + len(rest), true
}
