// Tests of the generator: the committed fixtures are what it writes, its
// numbers are spelled right, its truth agrees with sums made from the written
// bytes, and its layout is the one described in semantics section 1.

package gen_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/amazon-ion/ion-go/ion"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/ionq-db/ionq/bench/gen"
)

var update = flag.Bool("update", false, "rewrite testdata/exports")

const fixtures = "../../testdata/exports"

func tree(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = content
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestFixtures writes the fixtures anew and compares every byte.
func TestFixtures(t *testing.T) {
	for _, f := range gen.Fixtures() {
		t.Run(f.Name, func(t *testing.T) {
			committed := filepath.Join(fixtures, f.Name)
			if *update {
				if err := os.RemoveAll(committed); err != nil {
					t.Fatal(err)
				}
				if _, err := f.Write(context.Background(), committed); err != nil {
					t.Fatal(err)
				}
			}
			dir := t.TempDir()
			if _, err := f.Write(context.Background(), dir); err != nil {
				t.Fatal(err)
			}
			want, got := tree(t, dir), tree(t, committed)
			size := 0
			for name, content := range want {
				size += len(content)
				if !bytes.Equal(content, got[name]) {
					t.Errorf("%s differs from what the generator writes; run with -update if that is meant", name)
				}
				delete(got, name)
			}
			for name := range got {
				t.Errorf("%s is not the generator's", name)
			}
			if size > 100_000 {
				t.Errorf("%d bytes are too many for a committed fixture", size)
			}
		})
	}
}

// TestNumbers has the spellings of semantics 1.7 and the limits of DynamoDB.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		v          gen.Value
		ion, plain string
	}{
		{gen.Int(0), "0.", "0"},
		{gen.Int(103), "103.", "103"},
		{gen.Int(600), "6d2", "600"},
		{gen.Int(2000), "2d3", "2000"},
		{gen.Int(1234567890), "123456789d1", "1234567890"},
		{gen.Int(-5), "-5.", "-5"},
		{gen.Dec(1250, 2), "12.5", "12.5"},
		{gen.Dec(100, 2), "1.", "1"},
		{gen.Dec(1, 6), "0.000001", "0.000001"},
		{gen.Dec(1, 7), "1d-7", "0.0000001"},
		{gen.Dec(12, 8), "12d-8", "0.00000012"},
		{gen.Dec(-12, 4), "-0.0012", "-0.0012"},
		{gen.Dec(5, 1), "0.5", "0.5"},
		{gen.Dec(0, 3), "0.", "0"},
		{gen.BigDec(true, "000", 9), "0.", "0"},
		{gen.BigDec(false, "1", 125), "1d125", "1" + strings.Repeat("0", 125)},
		{gen.BigDec(false, "725", -67), "725d-67", "0." + strings.Repeat("0", 64) + "725"},
		{gen.BigDec(false, "12345678901234567890123456789012345678", 0), "12345678901234567890123456789012345678.", "12345678901234567890123456789012345678"},
	} {
		if got := string(gen.AppendIon(nil, &c.v, false)); got != c.ion {
			t.Errorf("Ion: got %s, want %s", got, c.ion)
		}
		if got := string(gen.AppendPlainNumber(nil, c.v.Num)); got != c.plain {
			t.Errorf("plain: got %s, want %s", got, c.plain)
		}
	}
}

// TestTwins reads both forms of every fixture back, the Ion one with ion-go,
// and compares item by item.
func TestTwins(t *testing.T) {
	for _, f := range gen.Fixtures() {
		if strings.HasSuffix(f.Name, "-json") || f.More != nil { // of several exports; engine's tests read both forms
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			ionLines := dataLines(t, filepath.Join(fixtures, f.Name))
			jsonLines := dataLines(t, filepath.Join(fixtures, f.Name+"-json"))
			if len(ionLines) != len(f.Config.Items) || len(jsonLines) != len(ionLines) {
				t.Fatalf("%d Ion lines, %d JSON lines, %d items", len(ionLines), len(jsonLines), len(f.Config.Items))
			}
			for i, line := range ionLines {
				r := ion.NewReaderString(strings.TrimPrefix(line, "$ion_1_0 "))
				if !r.Next() {
					t.Fatalf("%s: %v", line, r.Err())
				}
				var item struct{ Item map[string]any }
				if err := json.Unmarshal([]byte(jsonLines[i]), &item); err != nil {
					t.Fatalf("%s: %v", jsonLines[i], err)
				}
				got := map[string]any{"Item": tagged(t, r, true)["M"].(map[string]any)["Item"].(map[string]any)["M"]}
				if diff := cmp.Diff(map[string]any{"Item": item.Item}, got); diff != "" {
					t.Errorf("line %d differs (-JSON +Ion):\n%s", i, diff)
				}
			}
		})
	}
}

// tagged gives the reader's value in DynamoDB JSON's shape.
func tagged(t *testing.T, r ion.Reader, top bool) map[string]any {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	notes, err := r.Annotations()
	check(err)
	if r.IsNull() {
		return map[string]any{"NULL": true}
	}
	list := func() (out []any) {
		out = []any{}
		check(r.StepIn())
		for r.Next() {
			v := tagged(t, r, false)
			if len(notes) > 0 {
				out = append(out, v[strings.TrimSuffix(strings.TrimPrefix(*notes[0].Text, "$dynamodb_"), "S")])
			} else {
				out = append(out, v)
			}
		}
		check(r.Err())
		check(r.StepOut())
		return out
	}
	switch r.Type() {
	case ion.BoolType:
		v, err := r.BoolValue()
		check(err)
		return map[string]any{"BOOL": *v}
	case ion.DecimalType:
		v, err := r.DecimalValue()
		check(err)
		coef, exp := v.CoEx()
		sign := ""
		if coef.Sign() < 0 {
			sign = "-"
		}
		// big.Float is not exact enough; shift the digits by hand.
		digits := new(big.Int).Abs(coef).String()
		switch e := int(exp); {
		case e >= 0:
			digits += strings.Repeat("0", e)
		case len(digits) > -e:
			digits = digits[:len(digits)+e] + "." + digits[len(digits)+e:]
		default:
			digits = "0." + strings.Repeat("0", -e-len(digits)) + digits
		}
		return map[string]any{"N": sign + digits}
	case ion.StringType:
		v, err := r.StringValue()
		check(err)
		return map[string]any{"S": *v}
	case ion.BlobType:
		v, err := r.ByteValue()
		check(err)
		return map[string]any{"B": base64.StdEncoding.EncodeToString(v)}
	case ion.ListType:
		tag := "L"
		if len(notes) > 0 {
			tag = strings.TrimPrefix(*notes[0].Text, "$dynamodb_")
		}
		return map[string]any{tag: list()}
	case ion.StructType:
		out := map[string]any{}
		check(r.StepIn())
		for r.Next() {
			name, err := r.FieldName()
			check(err)
			out[*name.Text] = tagged(t, r, false)
		}
		check(r.Err())
		check(r.StepOut())
		return map[string]any{"M": out}
	}
	t.Fatalf("unexpected Ion type %v (top %v)", r.Type(), top)
	return nil
}

// dataLines reads the lines of an export's data files, in manifest order.
func dataLines(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	for _, f := range manifest(t, root) {
		zip, err := gzip.NewReader(bytes.NewReader(f.content))
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(zip)
		sc.Buffer(nil, 1<<20)
		n := int64(0)
		for sc.Scan() {
			out = append(out, sc.Text())
			n++
		}
		if sc.Err() != nil {
			t.Fatal(sc.Err())
		}
		if n != f.ItemCount {
			t.Errorf("%s has %d items, the manifest says %d", f.DataFileS3Key, n, f.ItemCount)
		}
	}
	return out
}

type manifestFile struct {
	ItemCount     int64
	MD5Checksum   string
	ETag          string
	DataFileS3Key string
	content       []byte
}

func manifest(t *testing.T, root string) []manifestFile {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "export", "AWSDynamoDB", "*", "manifest-files.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("manifests: %v %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var out []manifestFile
	for line := range strings.Lines(string(text)) {
		var f manifestFile
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		if f.content, err = os.ReadFile(filepath.Join(root, f.DataFileS3Key)); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// TestLayout checks keys, checksums and gzip headers of a generated export.
func TestLayout(t *testing.T) {
	dir := t.TempDir()
	ex, err := gen.Write(context.Background(), gen.Config{Dir: dir, Prefix: "export", Rows: 100, Files: 3, Empty: 1, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9]{14}-[0-9a-f]{8}$`).MatchString(ex.ID) {
		t.Errorf("export id %q", ex.ID)
	}
	files := manifest(t, dir)
	if len(files) != 4 || files[3].ItemCount != 0 {
		t.Fatalf("files: %+v", files)
	}
	name := regexp.MustCompile(`^export/AWSDynamoDB/` + ex.ID + `/data/[a-z2-7]{26}\.ion\.gz$`)
	for _, f := range files {
		sum := md5.Sum(f.content)
		twice := md5.Sum(sum[:])
		if !name.MatchString(f.DataFileS3Key) || f.MD5Checksum != base64.StdEncoding.EncodeToString(sum[:]) || f.ETag != hex.EncodeToString(twice[:])+"-1" {
			t.Errorf("manifest line %+v", f)
		}
		if want := []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"); !bytes.HasPrefix(f.content, want) {
			t.Errorf("gzip header % x", f.content[:10])
		}
	}
	for name, content := range tree(t, ex.Folder) {
		switch {
		case name == "_started":
			if len(content) != 0 {
				t.Error("_started is not empty")
			}
		case strings.HasSuffix(name, ".md5"):
			of, err := os.ReadFile(filepath.Join(ex.Folder, strings.TrimSuffix(name, ".md5")+".json"))
			sum := md5.Sum(of)
			if err != nil || string(content) != base64.StdEncoding.EncodeToString(sum[:]) {
				t.Errorf("%s: %s %v", name, content, err)
			}
		case name == "manifest-summary.json":
			var s struct {
				ItemCount                                  int64
				TableArn, OutputFormat, ManifestFilesS3Key string
			}
			if err := json.Unmarshal(content, &s); err != nil || s.ItemCount != 100 || !strings.HasSuffix(s.TableArn, ":table/sample_table") ||
				s.OutputFormat != "ION" || s.ManifestFilesS3Key != ex.Key+"manifest-files.json" || bytes.HasSuffix(content, []byte("\n")) {
				t.Errorf("summary %s: %v", content, err)
			}
		}
	}
}

// TestTruth adds up the written bytes with math/big and a regular expression,
// which share nothing with the generator's own sums.
func TestTruth(t *testing.T) {
	for _, c := range []gen.Config{
		{Shape: gen.Narrow, Rows: 30_000},
		{Shape: gen.Narrow, Rows: 3_000, Whole: true},
		{Shape: gen.Wide, Rows: 2_000},
		{Shape: gen.Mixed, Rows: 5_000},
		{Items: gen.Fixtures()[0].Config.Items},
		{Items: gen.Fixtures()[1].Config.Items},
	} {
		c.Dir, c.Prefix, c.Files, c.Seed, c.Format = t.TempDir(), "export", 3, 7, gen.DynamoDBJSON
		ex, err := gen.Write(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		type sums struct {
			rows, seedRows int64
			all, seed      *big.Rat
		}
		groups := map[string]*sums{}
		var items, counted int64
		for _, line := range dataLines(t, c.Dir) {
			items++
			var item struct {
				Item struct {
					ID, Amount struct{ N string }
					PK         struct{ S string }
					CreatedAt  struct{ S string } `json:"created_at"`
				}
			}
			if err := json.Unmarshal([]byte(line), &item); err != nil {
				t.Fatal(err)
			}
			if item.Item.Amount.N == "" {
				continue
			}
			counted++
			key := item.Item.ID.N
			if key == "" {
				key = item.Item.PK.S
			}
			if c.Whole && strings.Contains(item.Item.Amount.N, ".") {
				t.Errorf("amount %s is not whole", item.Item.Amount.N)
			}
			amount, ok := new(big.Rat).SetString(item.Item.Amount.N)
			at, err := time.Parse("2006-01-02T15:04:05.999999Z0700", item.Item.CreatedAt.S)
			if !ok || err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			g := groups[key]
			if g == nil {
				g = &sums{all: new(big.Rat), seed: new(big.Rat)}
				groups[key] = g
			}
			g.rows++
			g.all.Add(g.all, amount)
			at = at.Truncate(time.Millisecond)
			if !at.Before(time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)) && !at.After(time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)) {
				g.seedRows++
				g.seed.Add(g.seed, amount)
			}
		}
		if items != ex.Truth.Items || counted != ex.Truth.Counted || len(groups) != len(ex.Truth.Groups) {
			t.Fatalf("%s: %d items, %d counted, %d groups; truth says %d, %d, %d", c.Shape, items, counted, len(groups), ex.Truth.Items, ex.Truth.Counted, len(ex.Truth.Groups))
		}
		all, seed, seedGroups, seedRows := new(big.Rat), new(big.Rat), int64(0), int64(0)
		equal := func(text string, want *big.Rat) bool {
			got, ok := new(big.Rat).SetString(text)
			return ok && got.Cmp(want) == 0
		}
		for _, g := range ex.Truth.Groups {
			want := groups[g.Key]
			if want == nil || g.Rows != want.rows || !equal(g.Sum, want.all) || g.SeedRows != want.seedRows || g.SeedRows > 0 && !equal(g.SeedSum, want.seed) {
				t.Fatalf("%s: group %+v, want %+v", c.Shape, g, want)
			}
			all.Add(all, want.all)
			seed.Add(seed, want.seed)
			seedRows += want.seedRows
			if want.seedRows > 0 {
				seedGroups++
			}
		}
		if !equal(ex.Truth.Sum, all) || !equal(ex.Truth.Seed.Sum, seed) || ex.Truth.Seed.Groups != seedGroups || ex.Truth.Seed.Rows != seedRows || seedRows == 0 {
			t.Errorf("%s: truth %+v, want sums %s and %s, %d groups, %d rows", c.Shape, ex.Truth.Seed, all.FloatString(6), seed.FloatString(6), seedGroups, seedRows)
		}
	}
}

// TestSame: the bytes depend on the seed, not on the workers.
func TestSame(t *testing.T) {
	write := func(workers int, seed uint64) map[string][]byte {
		dir := t.TempDir()
		if _, err := gen.Write(context.Background(), gen.Config{Dir: dir, ID: gen.ArticleID, Shape: gen.Wide, Rows: 500, Files: 5, Seed: seed, Workers: workers}); err != nil {
			t.Fatal(err)
		}
		return tree(t, dir)
	}
	one := write(1, 1)
	if diff := cmp.Diff(one, write(4, 1)); diff != "" {
		t.Errorf("one worker and four differ: %s", diff)
	}
	if cmp.Equal(one, write(1, 2)) {
		t.Error("two seeds give the same bytes")
	}
}

// TestWide: the wide shape is what the project's performance figures assume.
func TestWide(t *testing.T) {
	dir := t.TempDir()
	ex, err := gen.Write(context.Background(), gen.Config{Dir: dir, Prefix: "export", Shape: gen.Wide, Rows: 4000, Files: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if per := ex.Files[0].RawBytes / 4000; per < 850 || per > 1150 {
		t.Errorf("%d bytes an item, about 1000 are meant", per)
	}
	names := map[string]int{}
	for _, line := range dataLines(t, dir) {
		r := ion.NewReaderString(strings.TrimPrefix(line, "$ion_1_0 "))
		if !r.Next() {
			t.Fatal(r.Err())
		}
		for name := range tagged(t, r, true)["M"].(map[string]any)["Item"].(map[string]any)["M"].(map[string]any) {
			names[name]++
		}
	}
	for name, n := range names {
		switch name {
		case "description":
			if n < 3400 || n > 3800 {
				t.Errorf("description in %d of 4000", n)
			}
		case "version", "ratio":
			if n < 40 || n > 320 {
				t.Errorf("%s in %d of 4000", name, n)
			}
		default:
			if n != 4000 {
				t.Errorf("%s in %d of 4000", name, n)
			}
		}
	}
	if len(names) != 28 {
		t.Errorf("%d attributes: %v", len(names), names)
	}
}

// TestFlat: the plain JSON says of each item what the DynamoDB JSON says, digit
// by digit.
func TestFlat(t *testing.T) {
	lines := func(format gen.Format) []string {
		dir := t.TempDir()
		if _, err := gen.Write(context.Background(), gen.Config{Dir: dir, Prefix: "export", Shape: gen.Wide, Rows: 200, Files: 1, Format: format, Seed: 3}); err != nil {
			t.Fatal(err)
		}
		return dataLines(t, dir)
	}
	decode := func(line string) any {
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		return v
	}
	var plain func(v any) any
	plain = func(v any) any {
		for tag, v := range v.(map[string]any) {
			switch tag {
			case "NULL":
				return nil
			case "N":
				return json.Number(v.(string))
			case "NS":
				var out []any
				for _, e := range v.([]any) {
					out = append(out, json.Number(e.(string)))
				}
				return out
			case "L":
				out := []any{}
				for _, e := range v.([]any) {
					out = append(out, plain(e))
				}
				return out
			case "M":
				out := map[string]any{}
				for k, e := range v.(map[string]any) {
					out[k] = plain(e)
				}
				return out
			default:
				return v
			}
		}
		return nil
	}
	flat, tagged := lines(gen.FlatJSON), lines(gen.DynamoDBJSON)
	if len(flat) != 200 || len(tagged) != 200 {
		t.Fatalf("%d and %d lines", len(flat), len(tagged))
	}
	for i := range flat {
		want := plain(map[string]any{"M": decode(tagged[i]).(map[string]any)["Item"]})
		if diff := cmp.Diff(want, decode(flat[i])); diff != "" {
			t.Fatalf("line %d: %s", i, diff)
		}
	}
}
