package main

// The data: three forms of the same items, and what is known of them.

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

// The forms in which contenders read the items: as exported in Ion, as exported
// in DynamoDB JSON, and as flat lines of JSON, which no export is but which suits
// other engines best.
const (
	formIon  = "ion"
	formDDB  = "json"
	formFlat = "flat"
)

// smallShare is the part of the items in the small set, on which the contenders
// run that would take minutes on the whole.
const smallShare = 25

// set is the data of one shape and size.
type set struct {
	shape string
	small bool
	rows  int64
	dir   string // holds a folder for each form
	facts facts
}

// facts are kept beside the data.
type facts struct {
	Rows  int64
	Truth *gen.Truth
	Raw   int64 // bytes of Ion
	Gz    int64
}

func (s *set) formDir(form string) string { return filepath.Join(s.dir, form) }

func (s *set) pattern(form string) string {
	ext := "*.json.gz"
	if form == formIon {
		ext = "*.ion.gz"
	}
	return filepath.Join(s.formDir(form), "export", "AWSDynamoDB", gen.ArticleID, "data", ext)
}

func (s *set) files(form string) ([]string, error) {
	files, err := filepath.Glob(s.pattern(form))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no data in %s", s.pattern(form))
	}
	return files, err
}

// shapeRows is how many items of a shape there are: about as many bytes of each.
func shapeRows(shape string, narrow int64) int64 {
	if shape == string(gen.Narrow) {
		return narrow
	}
	return narrow * 104 / 1060
}

func shapeFiles(shape string) int {
	if shape == string(gen.Narrow) {
		return 4
	}
	return 8
}

// open returns a set, generated if need be: in processes of their own, since
// Linux counts the memory of a process towards the peak of those that it starts.
func (b *bench) open(shape string, small bool) (*set, error) {
	s := &set{shape: shape, small: small, rows: shapeRows(shape, b.rows), dir: filepath.Join(b.dir, shape)}
	if small {
		s.rows, s.dir = max(s.rows/smallShare, 1), s.dir+"-small"
	}
	for _, form := range []string{formIon, formDDB, formFlat} {
		if f, err := readFacts(s.formDir(form)); err == nil && f.Rows == s.rows {
			continue
		}
		fmt.Fprintf(os.Stderr, "generating %d %s items as %s into %s\n", s.rows, shape, form, s.formDir(form))
		if err := os.RemoveAll(s.formDir(form)); err != nil {
			return nil, err
		}
		cmd := exec.Command(b.self, "-generate", shape, "-form", form, "-dir", s.formDir(form), "-rows", fmt.Sprint(s.rows), "-cores", fmt.Sprint(b.cores))
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("generating: %w", err)
		}
	}
	f, err := readFacts(s.formDir(formIon))
	s.facts = f
	return s, err
}

func readFacts(dir string) (facts, error) {
	var f facts
	text, err := os.ReadFile(filepath.Join(dir, "facts.json"))
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, err
}

// write generates one form of one shape.
func (o *options) write() error {
	format, ok := map[string]gen.Format{formIon: gen.Ion, formDDB: gen.DynamoDBJSON, formFlat: gen.FlatJSON}[o.form]
	if !ok || !slices.Contains([]gen.Shape{gen.Narrow, gen.Wide}, gen.Shape(o.generate)) {
		return fmt.Errorf("no form %q or no shape %q", o.form, o.generate)
	}
	ex, err := gen.Write(context.Background(), gen.Config{
		Dir: o.dir, Prefix: "export", ID: gen.ArticleID, Time: time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC),
		Format: format, Shape: gen.Shape(o.generate), Rows: o.rows, Files: shapeFiles(o.generate), Seed: 1, Workers: o.cores,
	})
	if err != nil {
		return err
	}
	f := facts{Rows: o.rows, Truth: ex.Truth}
	for _, d := range ex.Files {
		f.Raw += d.RawBytes
		f.Gz += d.GzBytes
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.dir, "facts.json"), text, 0o644)
}
