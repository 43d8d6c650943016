package main

// ionq cache: what the cache folder holds.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func cacheCommand() *cobra.Command {
	var o s3Flags
	cmd := &cobra.Command{
		Use:   "cache list|stat|clear [NAMESPACE]",
		Short: "Show or empty the cache folder",
		Long: `The cache folder keeps what was costly to get: objects of S3 (namespace objects),
listings of buckets for when the network is gone (listings), columns that queries
have read of data files (columns), what was found of files that nobody declared
(shapes), and which files had the MD5 that was promised (proven-md5). It is
$IONQ_CACHE_DIR, or ionq in the user's cache folder.
Everything in it can be had again; nothing in it is needed for a right answer.

  ionq cache list     every entry: namespace, bytes, time of last use, what it is
  ionq cache stat     the folder, its limit, entries and bytes of each namespace
  ionq cache clear    remove the entries, of all namespaces or of one`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return usagef("cache takes list, stat or clear, and perhaps a namespace")
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			space := ""
			if len(args) == 2 {
				if space = args[1]; !slices.Contains(namespaces, space) {
					return usagef("cache %s %s: the namespaces are %s", args[0], space, strings.Join(namespaces, ", "))
				}
			}
			return cacheAction(cmd, &o, args[0], space)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.Flags().StringVar(&o.cacheSize, "cache-size", "", "`SIZE`: the limit that stat shows, as the other commands take it")
	return cmd
}

// namespaces are the parts of the cache folder.
var namespaces = []string{"columns", "listings", "objects", "proven-md5", "shapes"}

func cacheAction(cmd *cobra.Command, o *s3Flags, action, space string) error {
	limit, err := o.limit()
	if err != nil {
		return err
	}
	stdout := cmd.OutOrStdout()
	c := engine.OpenCache("", max(limit, 0), nil)
	defer c.Close()
	var b strings.Builder
	switch action {
	case "list":
		for _, e := range c.List(space) {
			key := e.Key
			if f := strings.Split(key, "\t"); e.Space == "objects" && len(f) > 3 {
				key = strings.Join(f[:len(f)-3], "\t") // without etag, size, endpoint
				if at := f[len(f)-1]; at != "" {
					key += " at " + at
				}
			}
			if file, rest, ok := strings.Cut(key, "\t"); ok && (e.Space == "columns" || e.Space == "shapes") {
				key = fileName(file)
				if column, _, ok := strings.Cut(rest, "\t"); ok && e.Space == "columns" {
					if key += " column " + column; column == "" {
						key = fileName(file) + " number of rows"
					}
				}
			}
			if e.Space == "proven-md5" {
				key = fileName(key)
			}
			fmt.Fprintf(&b, "%s\t%d\t%s\t%s\n", e.Space, e.Size, e.Used.UTC().Format(time.RFC3339), printable(key))
		}
	case "stat":
		if c.Dir() == "" {
			b.WriteString("there is no cache folder: this user has no home\n")
			break
		}
		usage, limit := c.Stat()
		fmt.Fprintf(&b, "folder\t%s\nlimit\t%d\n", c.Dir(), limit)
		for _, u := range usage {
			if space == "" || space == u.Space {
				fmt.Fprintf(&b, "%s\t%d\t%d entries\n", u.Space, u.Bytes, u.Entries)
			}
		}
	case "clear":
		n, bytes, err := c.Clear(space)
		if err != nil {
			return sqlerr.New(sqlerr.GenericUserError, "cannot empty the cache folder: %v", err).Wrap(err)
		}
		fmt.Fprintf(&b, "removed %d entries, %d bytes\n", n, bytes)
	default:
		return usagef("cache %s: list, stat or clear", action)
	}
	if _, err := fmt.Fprint(stdout, b.String()); err != nil {
		return writeError(err)
	}
	return nil
}

// fileName cuts the size, times and so on off what a data file is known by.
func fileName(identity string) string {
	for {
		name, last, ok := cutLast(identity)
		if !ok || strings.Trim(last, "0123456789") != "" {
			return identity
		}
		identity = name
	}
}

func cutLast(s string) (before, after string, ok bool) {
	at := strings.LastIndexByte(s, ' ')
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

// printable keeps keys to their line.
func printable(key string) string {
	if q := strconv.Quote(key); q != `"`+key+`"` && strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return q
	}
	return key
}
