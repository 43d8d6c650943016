package main

// ionq verify PATH...: whether exports are whole and unaltered.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine"
)

func verifyCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "verify PATH ... [--format json]",
		Short: "Tell whether exports are whole and unaltered",
		Long: `verify reads everything that lies at a PATH (an export's folder, one with many
exports, s3://...) and holds it against the manifests: their own checksums, each
file's MD5, etag and number of items, gzip's checksums, missing files, extra files,
totals. Full and incremental exports.

It prints what it finds. The exit code is 1 where something is wrong.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("verify takes a PATH")
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyPaths(cmd, &o, args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	addSourceFlags(cmd, &o)
	cmd.Flags().StringVar(&o.format, "format", "table", "`FORMAT` of the findings: table or json")
	return cmd
}

func verifyPaths(cmd *cobra.Command, o *options, paths []string) error {
	if o.format != "table" && o.format != "json" {
		return usagef("--format %s: the formats of verify are table and json", o.format)
	}
	stderr := cmd.ErrOrStderr()
	e, err := openEngine(o, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	defer o.s3.report(e, stderr)
	bar := newBar(stderr, "verifying")
	report, err := e.VerifyPaths(cmd.Context(), paths, bar.update)
	bar.clear()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if o.format == "json" {
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(report); err != nil {
			panic("BUG: " + err.Error()) // it is made of plain values
		}
	} else {
		printReport(&out, report)
	}
	if _, err := out.WriteTo(cmd.OutOrStdout()); err != nil {
		return writeError(err)
	}
	if !report.OK {
		return errFailed
	}
	return nil
}

// printReport writes a report for people: a paragraph for each export, then what
// was found, then the verdict.
func printReport(w io.Writer, r *engine.VerifyReport) {
	var rows [][]string
	add := func(list []engine.Finding) {
		for _, f := range list {
			msg := f.Message
			if f.Want != "" || f.Got != "" {
				msg += fmt.Sprintf(" (promised %s, found %s)", f.Want, f.Got)
			}
			rows = append(rows, []string{string(f.Severity), f.Check, f.File, msg})
		}
	}
	for _, x := range r.Exports {
		fmt.Fprintf(w, "%s\n", describe(x))
		fmt.Fprintf(w, "  %d of %d files, %d of %d items, %s stored, %s of text\n", x.FilesRead, x.FilesPromised, x.ItemsCounted, x.ItemsPromised, size(x.BytesStored), size(x.BytesRaw))
		fmt.Fprintf(w, "  %d MD5s and %d etags as promised\n", x.MD5Proven, x.ETagProven)
		add(x.Findings)
		for _, f := range x.Files {
			add(f.Findings)
		}
	}
	for _, f := range r.Loose {
		fmt.Fprintf(w, "%s: %d items, %s stored, %s of text, MD5 %s\n", f.Path, f.ItemsCounted, size(f.BytesStored), size(f.BytesRaw), f.MD5)
		add(f.Findings)
	}
	add(r.Findings)
	if len(rows) > 0 {
		fmt.Fprintln(w)
		writeRows(w, append([][]string{{"severity", "check", "file", "what"}}, rows...))
		fmt.Fprintln(w)
	}
	switch {
	case r.OK && r.Warnings == 0:
		fmt.Fprintln(w, "ok")
	case r.OK:
		fmt.Fprintf(w, "ok, with %s\n", plural(r.Warnings, "warning"))
	default:
		fmt.Fprintf(w, "NOT OK: %s, %s\n", plural(r.Errors, "error"), plural(r.Warnings, "warning"))
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// describe names an export in a line.
func describe(x *engine.VerifiedExport) string {
	var b strings.Builder
	b.WriteString(x.Path + ": ")
	if x.Type == "" {
		return b.String() + "an export whose summary cannot be read"
	}
	const layout = "2006-01-02 15:04:05 UTC"
	switch {
	case x.From != nil && x.To != nil:
		fmt.Fprintf(&b, "changes of table %s from %s to %s", x.Table, x.From.UTC().Format(layout), x.To.UTC().Format(layout))
	case x.ExportTime != nil:
		fmt.Fprintf(&b, "table %s at %s", x.Table, x.ExportTime.UTC().Format(layout))
	default:
		b.WriteString("table " + x.Table)
	}
	fmt.Fprintf(&b, ", %s", x.Format)
	return b.String()
}

// size writes bytes for people, in powers of 1000.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, k := float64(n)/1000, 0
	for f >= 999.95 && k < len(units)-1 {
		f, k = f/1000, k+1
	}
	return fmt.Sprintf("%.1f %cB", f, units[k])
}

// writeRows writes columns of text; the last one is not padded.
func writeRows(w io.Writer, rows [][]string) {
	var width []int
	for _, row := range rows {
		for k, cell := range row {
			if k == len(width) {
				width = append(width, 0)
			}
			width[k] = max(width[k], runewidth.StringWidth(visible(cell)))
		}
	}
	for _, row := range rows {
		for k, cell := range row {
			cell = visible(cell)
			if k == len(row)-1 {
				fmt.Fprintln(w, cell)
				break
			}
			fmt.Fprint(w, cell, strings.Repeat(" ", width[k]-runewidth.StringWidth(cell)+2))
		}
	}
}

// visible keeps names of files from moving the cursor.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return '\uFFFD'
		}
		return r
	}, s)
}

// bar shows on a terminal how far a long job is; elsewhere it does nothing.
type bar struct {
	doing string
	w     io.Writer
	mu    sync.Mutex
	start time.Time
	last  time.Time
	shown bool
}

func newBar(w io.Writer, doing string) *bar {
	b := &bar{doing: doing, start: time.Now()}
	if isTerminal(w) {
		b.w = w
	}
	return b
}

func (b *bar) update(done, total int64) {
	if b.w == nil || total <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Sub(b.last) < 200*time.Millisecond || now.Sub(b.start) < 500*time.Millisecond {
		return
	}
	b.last, b.shown = now, true
	fmt.Fprintf(b.w, "\r\x1b[K%s: %s of %s, %d%%", b.doing, size(done), size(total), done*100/total)
}

func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
