package main

// The DDL of an incremental export and back: the view over the printed symlink
// table must have the rows of the export's change table, and none of the other
// exports that share its folder.

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

func TestChangesDDL(t *testing.T) {
	start := time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, view := range []string{gen.NewAndOldImages, gen.NewImage} {
		dir := t.TempDir()
		var folder string
		for n := range 2 {
			from := start.Add(time.Duration(n) * time.Hour)
			at := from.UnixMicro() + 1234567
			key := []gen.Field{{Name: "id", Value: gen.Int(int64(n))}, {Name: "sort key", Value: gen.Bin("\x00")}}
			item := append(slices.Clone(key), gen.Field{Name: "v", Value: gen.Dec(15, 1)})
			ex, err := gen.Write(context.Background(), gen.Config{
				Dir: dir, Prefix: "p", Table: "My-Table", Seed: uint64(n), TableID: "t", Time: from.Add(2 * time.Hour),
				Incremental: &gen.Incremental{From: from, To: from.Add(time.Hour), View: view, Changes: []gen.Change{
					{Micros: at, Keys: key, New: item}, {Micros: at + 1, Keys: key, New: item, Old: item}, {Micros: at + 2, Keys: key, Old: item},
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			folder = ex.Folder
		}
		ask := func(args ...string) string {
			t.Helper()
			var stdout, stderr strings.Builder
			if code := run(args, strings.NewReader(""), &stdout, &stderr); code != 0 {
				t.Fatalf("%q: %d, %s", args, code, stderr.String())
			}
			return stdout.String()
		}
		text := ask("ddl", folder, "--symlink", "s3://example-bucket/current")
		var links []string
		for line := range strings.Lines(text) {
			if link, ok := strings.CutPrefix(line, "--   "); ok {
				links = append(links, link)
			}
		}
		if len(links) != 4 {
			t.Fatalf("%d links in %s", len(links), text)
		}
		if err := os.Mkdir(filepath.Join(dir, "current"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{"current/x.txt": strings.Join(links, ""), "ddl.sql": text} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		const columns = "operation, write_time, write_micros, id, sort_key, new_image, old_image"
		got := ask("--map", "s3://example-bucket="+dir, "-f", filepath.Join(dir, "ddl.sql"), "-c", "SELECT "+columns+" FROM my_table_changes")
		want := ask(folder, "-c", `SELECT `+columns+` FROM "my_table$changes"`)
		if got = strings.TrimLeft(got, "\n"); got != want || strings.Count(want, "\n") != 4 {
			t.Errorf("%s: got\n%s\nwant\n%s", view, got, want)
		}
		if n := strings.Count(want, "UPSERT"); view == gen.NewImage && n != 2 || view != gen.NewImage && n != 0 {
			t.Error(want)
		}
	}
}
