// Command ionq asks questions of DynamoDB exports in Athena's SQL, offline.
//
//	ionq [PATH ...] [-c SQL | -f FILE] ...
//
// It turns flags into calls of package engine and results into text; there is
// no query logic here. Exit codes: 0 answered, 1 failed, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func main() {
	collectLater()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// firstHeap is how many MiB of heap the first garbage collection waits for: a query
// over kept columns, which takes some tens of milliseconds, then has one or none. With
// 24 it is a millisecond faster, but the seed query over 20 GB peaks at 45 MB, over 1 GB
// at 28; with 12 at 30 and 26.
const firstHeap = 12

// collectLater puts the first garbage collection off. From then on there are as many
// as ever, unless GOGC says how many.
func collectLater() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(100 * firstHeap / 4) // of the 4 MiB that the runtime begins with
	runtime.AddCleanup(new([64]byte), func(struct{}) { debug.SetGCPercent(100) }, struct{}{})
}

// usageError marks an error of the command line itself: exit code 2.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFailed says that what went wrong has been printed already.
var errFailed = errors.New("failed")

// run is main without the process: tests call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand()
	root.AddCommand(ddlCommand())
	root.AddCommand(catCommand())
	root.AddCommand(verifyCommand())
	root.AddCommand(cacheCommand())
	root.AddCommand(fetchCommand())
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFailed):
		return 1
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "ionq: %v%s\n%s --help tells how it is used\n", usage.error, flagHint(cmd, usage.error), cmd.CommandPath())
		return 2
	default:
		printError(stderr, err, nil)
		return 1
	}
}

// flagHint guesses which flag was meant by one that there is not.
func flagHint(cmd *cobra.Command, err error) string {
	wrong, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		if strings.HasPrefix(err.Error(), "unknown shorthand flag: 'e'") && cmd.Parent() == nil {
			return "; did you mean -c?"
		}
		return ""
	}
	if slices.Contains(output.Formats, wrong) && cmd.Flags().Lookup("format") != nil {
		return "; did you mean --format " + wrong + "?"
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := sqlerr.Nearest(wrong, names); near != "" {
		return "; did you mean --" + near + "?"
	}
	return ""
}

// version is what go build recorded: the module's version, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = "at commit " + s.Value[:min(12, len(s.Value))]
		}
	}
	return v + ", " + info.GoVersion
}

// options are the flags of the root command.
type options struct {
	inputs    []input
	maps      []string
	tables    []string
	sets      []string
	format    string
	outFile   string
	keepGoing bool
	catalog   string
	verify    bool
	noVerify  bool
	params    []string // ExecutionParameters
	asOf      string
	s3        s3Flags
	memory    string
	tempDir   string
}

// input is one -c or -f, in the order of the command line.
type input struct {
	file string // name for messages; empty for -c
	text string
	open bool // text is yet to be read from file
}

// inputFlag collects -c and -f into one list, so that their order counts.
type inputFlag struct {
	list *[]input
	file bool
}

func (f inputFlag) String() string { return "" }

func (f inputFlag) Type() string {
	if f.file {
		return "FILE"
	}
	return "SQL"
}

func (f inputFlag) Set(v string) error {
	if f.file {
		*f.list = append(*f.list, input{file: v, open: true})
	} else {
		*f.list = append(*f.list, input{text: v})
	}
	return nil
}

func rootCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "ionq [PATH ...] [-c SQL | -f FILE] ...",
		Short: "Athena's SQL over DynamoDB exports, offline",
		Long: `ionq runs Athena's DDL and SQL, verbatim, over DynamoDB exports in Amazon Ion:
the answer Athena gives, byte for byte, or a refusal that says why.

A PATH is an export folder, a folder with many exports (the newest state that
they give is used, incremental exports applied; --as-of asks for an earlier one),
a data/ folder, or single files; it becomes a table named after the DynamoDB
table. The rows of incremental exports are in "TABLE$changes".

Statements come from -c and -f, in the order given, all in one session; without
either from standard input, or from a prompt at a terminal.`,
		Example: `  ionq ./01688083200000-abcd1234 -c 'SELECT count(*) FROM sample_table'
  ionq --map s3://example-bucket=./bucket -f table.sql -c 'SELECT * FROM sample_table LIMIT 10'`,
		Version:               version(),
		Args:                  cobra.ArbitraryArgs,
		SilenceErrors:         true,
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return query(cmd, o, args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := cmd.Flags()
	f.SortFlags = false
	f.VarP(inputFlag{list: &o.inputs}, "command", "c", "run the statements of `SQL` (repeatable)")
	f.VarP(inputFlag{list: &o.inputs, file: true}, "file", "f", "run the statements of `FILE`, - is standard input (repeatable)")
	addSourceFlags(cmd, &o)
	addAsOfFlag(cmd, &o)
	addVerifyFlags(cmd, &o)
	f.StringArrayVar(&o.tables, "table", nil, "`NAME=PATH`: a table NAME over PATH (repeatable)")
	f.StringVar(&o.catalog, "catalog", "", "`DIR`: keep databases, declared tables, partitions and views there for later runs")
	f.StringArrayVar(&o.params, "execution-parameters", nil, "`VALUE` of the next ? of each statement that has them, as Athena's ExecutionParameters: 1, 'text', DATE '2023-06-30' (repeatable)")
	f.StringVar(&o.format, "format", "", "`FORMAT` of results: table, line, csv, json, jsonl or api (default: table at a terminal, else csv)")
	f.StringVarP(&o.outFile, "output", "o", "", "write results to `FILE`, whole or not at all")
	f.BoolVar(&o.keepGoing, "keep-going", false, "after a failed statement go on with the next")
	f.StringArrayVar(&o.sets, "set", nil, "session setting `NAME=VALUE` (repeatable): timezone, decimal_literals=double|decimal, decimal_overflow=error|athena, database")
	f.StringVar(&o.memory, "memory", "", "`SIZE`, such as 1GiB: what a query may hold before it goes on in temporary files (default: a quarter of the memory)")
	f.StringVar(&o.tempDir, "temp-dir", "", "`DIR` of temporary files (default: the system's)")
	addRatioFlag(cmd)
	// Without this cobra gives -v to the version, and other tools to verbosity.
	f.Bool("version", false, "say which ionq this is")
	cmd.CompletionOptions.HiddenDefaultCmd = true
	return cmd
}

// addRatioFlag adds the limit on how far data may unfold, for all commands.
func addRatioFlag(root *cobra.Command) {
	var limit int64
	root.PersistentFlags().Int64Var(&limit, "max-inflate-ratio", engine.DefaultMaxInflateRatio,
		"refuse files whose data is more than `N` times as long as the bytes it is stored in, from 1 GB on; 0: no limit")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if limit < 0 {
			return usagef("--max-inflate-ratio %d: it cannot be negative", limit)
		}
		cmd.SetContext(engine.WithMaxInflateRatio(cmd.Context(), limit))
		return nil
	}
}

// addVerifyFlags adds the flags that say how far data is checked.
func addVerifyFlags(cmd *cobra.Command, o *options) {
	cmd.Flags().BoolVar(&o.verify, "verify", false, "hold every file of every table that is read against the MD5 in its export's manifest")
	cmd.Flags().BoolVar(&o.noVerify, "no-verify", false, "read exports that are not what their manifests promise")
}

// addSourceFlags adds the flags that say where bytes are.
func addSourceFlags(cmd *cobra.Command, o *options) {
	cmd.Flags().StringArrayVar(&o.maps, "map", nil, "`s3://bucket[/prefix]=DIR`: find that location in a local folder (repeatable)")
	o.s3.add(cmd)
}

// addAsOfFlag adds the instant of tables; what reads files as they are has none.
func addAsOfFlag(cmd *cobra.Command, o *options) {
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "read PATHs in their state at `TIME` (ISO 8601; UTC unless it says otherwise)")
}
