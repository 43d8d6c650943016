package main

// ionq ddl PATH: the Athena DDL of an export.

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/ddl"
)

func ddlCommand() *cobra.Command {
	var o options
	var location, symlink, name string
	cmd := &cobra.Command{
		Use:   "ddl PATH [--location s3://...] [--symlink s3://...]",
		Short: "Print the CREATE EXTERNAL TABLE that Athena needs for an export",
		Long: `ddl reads an export once and prints the table that Athena needs for it: a path
extractor a column, decimal(38,s) with s from all the data, nested types.
Attributes that are NULL in every item are no columns; standard error names them.

With --symlink the table is in symlink form: its LOCATION is that folder, in
which a text file names the export's data/ folder.

For an incremental export it prints a table of the records and a view of the
change rows. Its files share a folder with those of other windows, so --symlink is
the form to use: the comments say what the text file must hold.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("ddl takes one PATH")
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return printDDL(cmd, &o, args[0], name, location, symlink)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	addSourceFlags(cmd, &o)
	addAsOfFlag(cmd, &o)
	addVerifyFlags(cmd, &o)
	cmd.Flags().StringVar(&location, "location", "", "`s3://...`: the LOCATION of the data (default: from the manifest)")
	cmd.Flags().StringVar(&symlink, "symlink", "", "`s3://...`: print the symlink form, with this LOCATION")
	cmd.Flags().StringVar(&name, "table", "", "`NAME` of the table (default: the DynamoDB table's)")
	return cmd
}

func printDDL(cmd *cobra.Command, o *options, path, name, location, symlink string) error {
	e, err := openEngine(o, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer e.Close()
	defer o.s3.report(e, cmd.ErrOrStderr())
	names, err := e.AddPath(cmd.Context(), name, path)
	if err != nil {
		return err
	}
	for k, n := range names {
		t := e.Catalog().Table(catalog.DefaultDatabase, n)
		if t == nil {
			panic("BUG: a table that was just made is not there: " + n)
		}
		if t.Changes != nil && k > 0 && (location != "" || symlink != "") {
			continue // the LOCATION is the table's in front of it
		}
		text, err := ddl.CreateTable(t, ddl.Options{Location: location, Symlink: symlink})
		if err != nil {
			return usageError{err}
		}
		if k > 0 {
			text = "\n" + text
		}
		if _, err := io.WriteString(cmd.OutOrStdout(), text); err != nil {
			return writeError(err)
		}
	}
	return nil
}
