package main

// ionq cat FILE...: the Ion values of any files, as Ion or JSON.

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/reader/ion"
)

// catFormats are what --to takes.
var catFormats = []string{"pretty", "ion", "json", "jsonl"}

func catCommand() *cobra.Command {
	var o options
	var to string
	cmd := &cobra.Command{
		Use:   "cat FILE ... [--to json|ion|jsonl]",
		Short: "Show the Ion values of files",
		Long: `cat reads every value of its files, checks it whole, and prints it: Ion text or
binary, or JSON; plain, gzip or zstd. A FILE is a local path, an s3:// URL, or -
for standard input.

--to says as what:
  pretty  Ion text over several lines, for people (the default)
  ion     canonical Ion text, a value a line: annotations, typed nulls, and the
          precision of decimals and timestamps are kept
  json    one JSON array of all values
  jsonl   JSON, a value a line

JSON cannot say all that Ion can. It is made as Ion's documentation has it: nulls
of every type become null, and so do nan and the infinities; ints, floats and
decimals become numbers with all their digits (a decimal's too: 1.50 stays 1.50);
timestamps and symbols become strings, blobs base64 strings, clobs strings with
\u escapes for what is not ASCII; s-expressions become arrays; annotations go. A
field that a struct has twice stays there twice.

A file with a fault is an error with its record and byte; the values before it
are printed, the files after it too, and the exit code is 1.`,
		Example: `  ionq cat export/data/abc.ion.gz | less
  ionq cat --to jsonl data.10n`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("cat takes at least one FILE; - is standard input")
			}
			return nil
		},
		SilenceErrors:         true,
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(catFormats, to) {
				return usagef("--to %s: the formats are %s", to, strings.Join(catFormats, ", "))
			}
			return cat(cmd, &o, args, to)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	addSourceFlags(cmd, &o)
	cmd.Flags().StringVar(&to, "to", "pretty", "`FORMAT`: pretty, ion, json or jsonl")
	return cmd
}

// catWriter knows what stands around values in each format.
type catWriter struct {
	*ion.Printer
	array bool
	any   bool
}

func newCatWriter(w io.Writer, to string) *catWriter {
	style := map[string]ion.Style{"pretty": ion.Pretty, "ion": ion.Compact, "json": ion.JSON, "jsonl": ion.JSON}[to]
	return &catWriter{Printer: ion.NewPrinter(w, style), array: to == "json"}
}

// before stands before a value.
func (c *catWriter) before() {
	switch {
	case !c.array:
	case c.any:
		c.Raw(",\n")
	default:
		c.Raw("[\n")
	}
	c.any = true
}

// after stands behind a value.
func (c *catWriter) after() {
	if !c.array {
		c.Raw("\n")
	}
}

// end stands behind the last value.
func (c *catWriter) end() {
	switch {
	case !c.array:
	case c.any:
		c.Raw("\n]\n")
	default:
		c.Raw("[]\n")
	}
}

func cat(cmd *cobra.Command, o *options, names []string, to string) error {
	e, err := openEngine(o, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer e.Close()
	defer o.s3.report(e, cmd.ErrOrStderr())
	w := newCatWriter(cmd.OutOrStdout(), to)
	failed := false
	for _, name := range names {
		err := catFile(cmd, e, w, name)
		var broken *engine.PrintError
		if errors.As(err, &broken) {
			return writeError(broken.Err)
		}
		if err == nil {
			continue
		}
		// What could be read stands before the message.
		if err := w.Flush(); err != nil {
			return writeError(err)
		}
		printError(cmd.ErrOrStderr(), err, nil)
		failed = true
		if cmd.Context().Err() != nil {
			return errFailed
		}
	}
	w.end()
	if err := w.Flush(); err != nil {
		return writeError(err)
	}
	if failed {
		return errFailed
	}
	return nil
}

func catFile(cmd *cobra.Command, e *engine.Engine, w *catWriter, name string) (err error) {
	ctx := cmd.Context()
	var v *engine.Values
	if name == "-" {
		v, err = e.ReadValues(ctx, "standard input", cmd.InOrStdin())
	} else {
		v, err = e.OpenValues(ctx, name)
	}
	if err != nil {
		return err
	}
	defer func() {
		if cerr := v.Close(); err == nil {
			err = cerr
		}
	}()
	for {
		ok, err := v.Next(ctx, w.Printer, w.before)
		if err != nil || !ok {
			return err
		}
		w.after()
	}
}
