package main

// ionq ddl PATH: the Athena DDL of an export.

import (
	"io"

	"github.com/spf13/cobra"
)

func ddlCommand() *cobra.Command {
	var o options
	var location, symlink, name string
	cmd := &cobra.Command{
		Use:   "ddl PATH [--location s3://...] [--symlink s3://...]",
		Short: "Print the CREATE EXTERNAL TABLE that Athena needs for an export",
		Long: `ddl reads an export once and prints the table that Athena needs for it: a path
extractor a column, decimal(38,s) with s from all the data, nested types.

With --symlink the table is in symlink form: its LOCATION is that folder, in
which a text file names the export's data/ folder.`,
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
	text, err := e.DDL(cmd.Context(), path, name, location, symlink)
	if err != nil {
		return err
	}
	_, err = io.WriteString(cmd.OutOrStdout(), text)
	return err
}
