package main

// ionq fetch: exports copied out of S3 whole, and verified.

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine"
)

// fetchOptions are the flags of fetch.
type fetchOptions struct {
	options
	dryRun bool
	files  int
}

func fetchCommand() *cobra.Command {
	var o fetchOptions
	cmd := &cobra.Command{
		Use:   "fetch s3://BUCKET/PREFIX DIR",
		Short: "Copy exports out of S3 and verify them",
		Long: `fetch copies every completed export at or below the prefix into DIR: manifests,
checksums and exactly the data files that the manifests name, the shared ones of
incremental exports included. The layout is kept from AWSDynamoDB on, so that DIR
is a PATH for ionq. Files that are there and are right are not fetched again: to
resume what was interrupted, run the same command. In the end all that was
copied is read and held against the manifests; the exit code is 1 when something
is wrong, and what that is, is printed.`,
		Example: `  ionq fetch s3://example-bucket/export/AWSDynamoDB/01688083200000-abcd1234 exports
  ionq fetch s3://example-bucket/export exports --dry-run`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 2:
				return usagef("fetch takes s3://BUCKET/PREFIX and DIR")
			case !strings.HasPrefix(args[0], "s3://"):
				return usagef("fetch %s: an s3:// URL expected", args[0])
			case strings.Contains(args[1], "://"):
				return usagef("fetch to %s: a folder on this machine expected", args[1])
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return fetch(cmd, &o, args[0], args[1])
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.dryRun, "dry-run", false, "copy nothing; say what would be copied, and its price")
	f.IntVar(&o.files, "files", 4, "`N` files at once")
	o.s3.addAccess(cmd)
	f.BoolVar(&o.s3.noCache, "no-cache", false, "take nothing from the cache folder")
	f.StringArrayVar(&o.maps, "map", nil, "`s3://bucket[/prefix]=DIR`: find that location in a local folder (repeatable)")
	return cmd
}

func fetch(cmd *cobra.Command, o *fetchOptions, url, dir string) error {
	ctx, stdout, stderr := cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	if o.files < 1 || o.files > 64 {
		return usagef("--files %d: 1 to 64", o.files)
	}
	e, err := openEngine(&o.options, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	p, err := e.PlanFetch(ctx, url)
	if err != nil {
		return err
	}
	for _, n := range p.Notes {
		fmt.Fprintf(stderr, "ionq: %s\n", n)
	}
	var out bytes.Buffer
	flush := func() error {
		if _, err := out.WriteTo(stdout); err != nil {
			return writeError(err)
		}
		return nil
	}
	if o.dryRun {
		u := e.S3Usage()
		u.Gets += p.Requests(engine.S3PartSize)
		u.Bytes += p.Bytes
		fmt.Fprintf(&out, "%s of %s, %s\n", plural(len(p.Files), "file"), plural(len(p.Exports), "export"), size(p.Bytes))
		for _, x := range p.Exports {
			fmt.Fprintf(&out, "  %s\n", x)
		}
		fmt.Fprintf(&out, "about $%.2f: %s, %s and transfer out at us-east-1's prices of %s (an estimate; transfer within a region is free)\n",
			u.Dollars(), plural(int(u.Gets), "GET"), plural(int(u.Lists), "LIST"), engine.S3PriceDate)
		printWrong(&out, p.Wrong)
		if err := flush(); err != nil || len(p.Wrong) > 0 {
			return orFailed(err)
		}
		return nil
	}
	bar := newBar(stderr, "")
	r, v, err := e.Fetch(ctx, p, dir, o.files, func(doing string, done, total int64) {
		bar.doing = doing
		bar.update(done, total)
	})
	bar.clear()
	if err != nil {
		return err
	}
	fmt.Fprintf(&out, "%s fetched, %s; %s there already, %s\n", plural(r.Copied, "file"), size(r.CopiedBytes), plural(r.Present, "file"), size(r.PresentBytes))
	printWrong(&out, r.Wrong)
	printReport(&out, v)
	fmt.Fprintf(stderr, "ionq: %s\n", e.S3Usage())
	if err := flush(); err != nil || len(r.Wrong) > 0 || !v.OK {
		return orFailed(err)
	}
	return nil
}

func orFailed(err error) error {
	if err == nil {
		return errFailed
	}
	return err
}

func printWrong(out *bytes.Buffer, list []engine.Finding) {
	if len(list) == 0 {
		return
	}
	rows := [][]string{{"severity", "check", "file", "what"}}
	for _, f := range list {
		rows = append(rows, []string{string(f.Severity), f.Check, f.File, f.Message})
	}
	out.WriteByte('\n')
	writeRows(out, rows)
	out.WriteByte('\n')
}
