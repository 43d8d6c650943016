package main

// The main job: tables from paths, statements from -c, -f or standard input,
// results to standard output or a file.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

// openEngine opens an engine whose warnings go to stderr.
func openEngine(o *options, stderr io.Writer) (*engine.Engine, error) {
	var opt engine.Options
	for _, m := range o.maps {
		mapping, err := engine.ParseMapping(m)
		if err != nil {
			return nil, usagef("--map %s: %s", m, sqlerr.As(err).Msg)
		}
		opt.Maps = append(opt.Maps, mapping)
	}
	switch {
	case o.verify && o.noVerify:
		return nil, usagef("--verify and --no-verify: one or the other")
	case o.verify:
		opt.Verify = engine.VerifyFull
	case o.noVerify:
		opt.Verify = engine.VerifyOff
		fmt.Fprintln(stderr, "ionq: --no-verify: data is not held against what manifests promise")
	}
	if o.memory != "" {
		n, err := engine.ParseSize(o.memory)
		if err != nil {
			return nil, usagef("--memory: %v", err)
		}
		if n < minMemory {
			return nil, usagef("--memory %s: at least 1MiB", o.memory)
		}
		// Operators get a part of it: beside their rows there are pages under way,
		// and garbage, which the runtime is told to keep within the whole.
		opt.Memory = n / 3 * 2
		if os.Getenv("GOMEMLIMIT") == "" {
			debug.SetMemoryLimit(max(n, leastHeap))
		}
	}
	opt.TempDir = o.tempDir
	if o.asOf != "" {
		at, err := parseAsOf(o.asOf)
		if err != nil {
			return nil, err
		}
		opt.AsOf = at
	}
	opt.Warn = func(msg string) { fmt.Fprintf(stderr, "ionq: %s\n", msg) }
	if err := o.s3.apply(&opt); err != nil {
		return nil, err
	}
	opt.Catalog = o.catalog
	return engine.Open(opt)
}

func query(cmd *cobra.Command, o options, paths []string) (err error) {
	ctx, stdout, stderr := cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	format := o.format
	if format == "" {
		format = "csv"
		if o.outFile == "" && isTerminal(stdout) {
			format = "table"
		}
	}
	if !slices.Contains(output.Formats, format) {
		return usagef("--format %s: the formats are %s", format, strings.Join(output.Formats, ", "))
	}
	e, err := openEngine(&o, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	defer o.s3.report(e, stderr)
	s := e.NewSession()
	for _, set := range o.sets {
		name, value, ok := strings.Cut(set, "=")
		if !ok {
			return usagef("--set %s: NAME=VALUE expected", set)
		}
		if err := s.Set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			e := sqlerr.As(err)
			if e.Hint != "" {
				return usagef("--set %s: %s; %s", set, e.Msg, e.Hint)
			}
			return usagef("--set %s: %s", set, e.Msg)
		}
	}
	if err := addTables(ctx, cmd, e, o.tables, paths); err != nil {
		return err
	}

	inputs := o.inputs
	if len(inputs) == 0 {
		in := cmd.InOrStdin()
		if isTerminal(in) && isTerminal(stdout) {
			return prompt(ctx, s, o.params, in, stdout, stderr)
		}
		inputs = []input{{file: "-", open: true}}
	}
	for k := range inputs {
		if err := inputs[k].read(cmd.InOrStdin()); err != nil {
			return err
		}
	}

	var file *outFile
	if o.outFile != "" {
		if file, err = createOutFile(o.outFile); err != nil {
			return err
		}
		defer file.discard()
		stdout = file
	}
	r := &runner{session: s, stderr: stderr, format: format, keepGoing: o.keepGoing, params: o.params}
	r.redirect(stdout)
	var failed bool
	if len(o.inputs) == 0 { // standard input may have commands of the shell
		sh := newShell(r, stdout)
		if failed, err = sh.text(ctx, inputs[0].file, inputs[0].text); err != nil && !errors.Is(err, errQuit) {
			return err
		}
		if err := sh.close(); err != nil {
			return err
		}
	} else {
		failed = r.inputs(ctx, inputs)
	}
	if err := r.w.Flush(); err != nil {
		return writeError(err)
	}
	if file != nil && (!failed || o.keepGoing) {
		if err := file.keep(); err != nil {
			return err
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

// minMemory is the least budget of a query: with less there is nothing but
// overhead.
const minMemory = 1 << 20

// leastHeap is what the runtime needs not to be busy with collecting garbage.
const leastHeap = 64 << 20

func addTables(ctx context.Context, cmd *cobra.Command, e *engine.Engine, named, paths []string) error {
	for _, t := range named {
		name, path, ok := strings.Cut(t, "=")
		if !ok || name == "" || path == "" {
			return usagef("--table %s: NAME=PATH expected", t)
		}
		if _, err := e.AddPath(ctx, name, path); err != nil {
			return err
		}
	}
	for _, p := range paths {
		if _, err := e.AddPath(ctx, "", p); err != nil {
			if x := sqlerr.As(err); x.Code == sqlerr.NotFound && x.Hint == "" && !strings.HasPrefix(p, "s3://") {
				return x.WithHint("%s", pathHint(cmd, p))
			}
			return err
		}
	}
	return nil
}

// pathHint guesses what a path that is none was meant to be.
func pathHint(cmd *cobra.Command, path string) string {
	if strings.ContainsAny(path, " \n") {
		return "statements stand behind -c or in a file behind -f"
	}
	var commands []string
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			commands = append(commands, c.Name())
		}
	}
	if near := sqlerr.Nearest(path, commands); near != "" {
		return "did you mean the command " + near + "?"
	}
	return "a PATH is a folder, a file or s3://bucket/prefix; the commands are " + strings.Join(commands, ", ")
}

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// byteOrderMark is what editors on Windows begin files with.
const byteOrderMark = "\ufeff"

func (in *input) read(stdin io.Reader) error {
	if !in.open {
		return nil
	}
	var data []byte
	var err error
	if in.file == "-" {
		data, err = io.ReadAll(stdin)
		in.file = "standard input"
	} else {
		data, err = os.ReadFile(in.file)
	}
	if err != nil {
		return sqlerr.New(sqlerr.NotFound, "cannot read statements: %v", err)
	}
	in.text, in.open = strings.TrimPrefix(string(data), byteOrderMark), false
	return nil
}

// writeError words a failure to write results.
func writeError(err error) error {
	return sqlerr.New(sqlerr.GenericUserError, "cannot write the result: %v", err).Wrap(err)
}

// runner runs statements in order and writes what they give.
type runner struct {
	session   *engine.Session
	w         *bufio.Writer
	stderr    io.Writer
	format    string
	keepGoing bool
	params    []string // values of the statements' ?s
	api       *output.API
	n         int // statements so far
	wrote     *gap
}

// inputs runs all statements of all inputs; it reports whether one failed.
func (r *runner) inputs(ctx context.Context, inputs []input) (failed bool) {
	for _, in := range inputs {
		for _, c := range syntax.Split(in.text) {
			at := &place{text: c.Text, file: in.file, line: 1 + strings.Count(in.text[:c.Offset], "\n")}
			err := r.statement(ctx, at)
			if err == nil {
				continue
			}
			failed = true
			if !r.keepGoing || ctx.Err() != nil {
				return true
			}
		}
	}
	return failed
}

// redirect makes results go elsewhere.
func (r *runner) redirect(w io.Writer) {
	r.w = bufio.NewWriterSize(w, 64<<10)
	r.wrote, r.api = &gap{w: r.w}, output.NewAPI(r.w)
}

// statement runs one statement. Its error has been printed.
func (r *runner) statement(ctx context.Context, at *place) error {
	r.n++
	var w output.Writer
	if r.format == "api" {
		r.api.Statement(r.n)
		w = r.api
	} else {
		if r.format != "jsonl" { // there every line is a value
			r.wrote.start()
		}
		var err error
		if w, err = output.New(r.format, r.wrote); err != nil {
			panic("BUG: " + err.Error()) // the name was checked
		}
	}
	err := r.run(ctx, at, w)
	if err == nil {
		return nil
	}
	if r.format == "api" {
		if werr := r.api.Fail(sqlerr.As(err), at.text); werr != nil {
			printError(r.stderr, writeError(werr), nil)
		}
		return err
	}
	// What was answered before the failure stands before its message.
	if ferr := r.w.Flush(); ferr != nil {
		printError(r.stderr, writeError(ferr), nil)
	}
	printError(r.stderr, err, at)
	return err
}

func (r *runner) run(ctx context.Context, at *place, w output.Writer) (err error) {
	res, err := r.session.QueryWith(ctx, at.text, r.params)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := res.Close(); err == nil {
			err = cerr
		}
	}()
	for _, msg := range res.Warnings {
		fmt.Fprintf(r.stderr, "ionq: %s\n", msg)
	}
	kind := output.Table
	if res.Text {
		kind = output.Utility
	}
	if err := w.Begin(res.Columns, kind); err != nil {
		return writeError(err)
	}
	for {
		p, err := res.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		if err := w.Page(p); err != nil {
			return writeError(err)
		}
	}
	if err := w.End(res.UpdateCount); err != nil {
		return writeError(err)
	}
	return nil
}

// gap parts results that are written to one stream: a result that is not the
// first starts on a new line, after an empty one. A single result stays byte
// for byte as it is.
type gap struct {
	w       io.Writer
	any     bool // something was written
	last    byte
	pending bool
}

func (g *gap) start() { g.pending = g.any }

func (g *gap) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if g.pending {
		sep := "\n"
		if g.last != '\n' {
			sep = "\n\n"
		}
		if _, err := io.WriteString(g.w, sep); err != nil {
			return 0, err
		}
		g.pending = false
	}
	g.any, g.last = true, p[len(p)-1]
	return g.w.Write(p)
}
