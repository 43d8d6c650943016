// Tests of what a path holds of a table: windows, instants, the shared folder.
// The answers over them are tested in package engine.

package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func hour(n int) time.Time { return day(1).Add(time.Duration(n) * time.Hour) }

// ids are the first digits that tell the exports of the fixture changes apart.
func ids(list []*export.Export) string {
	var out []string
	for _, ex := range list {
		out = append(out, ex.ID[len(ex.ID)-1:])
	}
	return strings.Join(out, "")
}

// TestTables: the fixture by every way to it, here and in a bucket.
func TestTables(t *testing.T) {
	root := filepath.Join(fixtures, "changes")
	local := resolver(t, source.Mapping{URL: "s3://example-bucket", Dir: root})
	type place struct {
		r    *source.Resolver
		name string
	}
	for _, at := range []place{
		{local, root},
		{local, filepath.Join(root, "export", "AWSDynamoDB")},
		{local, "s3://example-bucket/export/AWSDynamoDB"},
		{cloud(t, "changes"), "s3://example-bucket/export"},
	} {
		for _, c := range []struct {
			at               time.Time
			applied, changes string
			want             time.Time
		}{
			{time.Time{}, "bcd", "bcde", hour(3)},
			{hour(0), "", "", hour(0)},
			{hour(1), "b", "b", hour(1)},
			{hour(3), "bcd", "bcd", hour(3)},
		} {
			tables, err := export.Options{}.OpenTables(ctx, at.r, at.name, c.at)
			if err != nil || len(tables) != 1 {
				t.Fatalf("%s: %v, %v", at.name, tables, err)
			}
			tab := tables[0]
			if tab.Name() != "orders" || tab.Base.ID != "01693526400000-0000aaaa" || !tab.At.Equal(c.want) || ids(tab.Applied) != c.applied || ids(tab.Changes) != c.changes {
				t.Errorf("%s as of %s: %s, %s and %s: %+v", at.name, c.at, tab.At, ids(tab.Applied), ids(tab.Changes), tab)
			}
			for _, ex := range tab.Changes {
				if items(t, ex) != ex.ItemCount || len(ex.Files) != 2 || len(ex.URLs()) != 2 || !strings.HasPrefix(ex.URLs()[0], "s3://example-bucket/export/AWSDynamoDB/data/") {
					t.Errorf("%s: %+v", at.name, ex)
				}
			}
		}
	}
	// One incremental export by itself; its files lie beside its folder.
	folder := filepath.Join(root, "export", "AWSDynamoDB", "01693534020000-0000cccc")
	for _, name := range []string{folder, folder + "/", "s3://example-bucket/export/AWSDynamoDB/01693534020000-0000cccc/"} {
		tables, err := export.Options{}.OpenTables(ctx, local, name, time.Time{})
		if err != nil || len(tables) != 1 || tables[0].Base != nil || ids(tables[0].Changes) != "c" || items(t, tables[0].Changes[0]) != 3 || len(tables[0].Notes) != 0 {
			t.Errorf("%s: %+v, %v", name, tables, err)
		}
	}
	t.Chdir(folder)
	if tables, err := (export.Options{}).OpenTables(ctx, resolver(t), ".", time.Time{}); err != nil || ids(tables[0].Changes) != "c" {
		t.Error(err)
	}
}

// TestTablesBroken: what is missing is an error where the table needs it, and a
// note where it does not.
func TestTablesBroken(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(fixtures, "changes"))); err != nil {
		t.Fatal(err)
	}
	open := func(at time.Time) (*export.Table, *sqlerr.Error) {
		tables, err := export.Options{}.OpenTables(ctx, resolver(t), dir, at)
		if err != nil {
			return nil, sqlerr.As(err)
		}
		return tables[0], nil
	}
	tab, err := open(time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	// A file of the last export, which no instant needs.
	remove(t, tab.Changes[3].Files[0].Object.Path)
	if tab, err := open(time.Time{}); err != nil || ids(tab.Applied) != "bcd" || ids(tab.Changes) != "bcd" || !strings.Contains(strings.Join(tab.Notes, "\n"), "Passed over incremental export 01693544820000-0000eeee: Data file ") {
		t.Errorf("%+v, %v", tab, err)
	}
	// A file of one that is needed.
	remove(t, tab.Changes[1].Files[0].Object.Path)
	if _, err := open(time.Time{}); err == nil || err.Code != sqlerr.ExportNotAsPromised || !strings.Contains(err.Hint, "the full export alone is the state as of 2023-09-01T00:00:00Z") {
		t.Errorf("%v", err)
	}
	if tab, err := open(hour(1)); err != nil || ids(tab.Applied) != "b" {
		t.Errorf("%+v, %v", tab, err)
	}
	if _, err := open(hour(2)); err == nil || err.Code != sqlerr.ExportNotAsPromised {
		t.Errorf("%v", err)
	}
	// A window that is none.
	folder := filepath.Join(dir, "export", "AWSDynamoDB", "01693537620000-0000dddd")
	text := get(t, filepath.Join(folder, "manifest-summary.json"))
	sign(t, folder, "manifest-summary", strings.Replace(text, `"exportToTime":"2023-09-01T03`, `"exportToTime":"2023-09-01T02`, 1))
	if _, err := open(hour(1)); err == nil || err.Code != sqlerr.HiveInvalidMetadata || !strings.Contains(err.Msg, "has no window of time") {
		t.Errorf("%v", err)
	}
}

// TestManyInstants: of many instants the nearest are named.
func TestManyInstants(t *testing.T) {
	dir := t.TempDir()
	write(t, gen.Config{Dir: dir, Time: hour(0), TableID: "x"})
	for n := range 20 {
		write(t, gen.Config{Dir: dir, Time: hour(n + 1), TableID: "x", Seed: uint64(n + 1), Incremental: &gen.Incremental{From: hour(n), To: hour(n + 1)}})
	}
	_, err := export.Options{}.OpenTables(ctx, resolver(t), dir, hour(10).Add(time.Minute))
	if e := sqlerr.As(err); e == nil || e.Hint != "the instants that can be had are 2023-09-01T08:00:00Z, 2023-09-01T09:00:00Z, 2023-09-01T10:00:00Z, 2023-09-01T11:00:00Z, 2023-09-01T12:00:00Z, 2023-09-01T13:00:00Z"+
		" and 15 others from 2023-09-01T00:00:00Z to 2023-09-01T20:00:00Z" {
		t.Errorf("%+v", e)
	}
}
