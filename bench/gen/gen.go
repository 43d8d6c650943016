// Package gen writes DynamoDB exports of the real layout, of any size and
// deterministically: the keys, manifests, checksums and gzip headers that an
// export to S3 has, with data files in Ion text or DynamoDB JSON, and the truth
// about them, computed without floats while writing, for tests to compare with.
//
// The layout follows what is known of real exports (semantics section 1): under
// [prefix/]AWSDynamoDB/<export id>/ lie _started, manifest-summary.json,
// manifest-files.json, an .md5 file beside each manifest, and data/.
package gen

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Format is the format of the data files, as the manifest names it.
type Format string

// The two formats of an export, and one that no export has: flat lines of JSON,
// the same items as other engines like them best, to compare with.
const (
	Ion          Format = "ION"
	DynamoDBJSON Format = "DYNAMODB_JSON"
	FlatJSON     Format = "FLAT_JSON"
)

// Config says what to write. The zero value of every field but Dir has a
// sensible meaning.
type Config struct {
	Dir    string // the local folder that stands for the bucket's root
	Prefix string // S3Prefix of the export; empty for none
	Bucket string // default example-bucket
	Table  string // name of the DynamoDB table; default sample_table
	ID     string // export id; default made from Time and Seed
	Time   time.Time

	Format Format // default Ion
	Shape  Shape  // default Narrow; ignored where Items is set
	Rows   int64  // items in all
	Files  int    // data files with items; default 4 (one in a small export)
	Empty  int    // further data files without items, as an empty partition gives
	Seed   uint64
	Whole  bool // amounts are whole numbers, as the article's bare decimal needs
	ASCII  bool // non-ASCII characters are escaped in Ion strings
	Level  int  // gzip level; default 6

	// Items, if set, are the items to write instead of a shape's.
	Items [][]Field
	// Make, if set, makes the Rows items one by one: n counts from 0. There is no
	// Truth then. It is called by several goroutines.
	Make func(n int64) []Field
	// Incremental, if set, makes the export an incremental one of these changes:
	// Items, Shape and Rows are ignored, and there is no Truth.
	Incremental *Incremental
	// TableID tells tables of one name apart; default made from Seed.
	TableID string
	// Workers is how many files are written at once; default 2. The bytes do
	// not depend on it.
	Workers int

	given *given // what the truth needs of Items
}

// Export is what Write wrote.
type Export struct {
	Folder string // path of the export's own folder, <dir>/[prefix/]AWSDynamoDB/<id>
	Key    string // the same as key in the bucket, with a slash at its end
	ID     string
	Files  []DataFile
	Truth  *Truth
}

// DataFile is one data file.
type DataFile struct {
	Path      string
	Key       string
	Items     int64
	RawBytes  int64 // before compression
	GzBytes   int64
	MD5, ETag string
}

type summary struct {
	Version            string  `json:"version"`
	ExportArn          string  `json:"exportArn"`
	StartTime          string  `json:"startTime"`
	EndTime            string  `json:"endTime"`
	TableArn           string  `json:"tableArn"`
	TableID            string  `json:"tableId"`
	ExportTime         string  `json:"exportTime,omitempty"`
	ExportFromTime     string  `json:"exportFromTime,omitempty"`
	ExportToTime       string  `json:"exportToTime,omitempty"`
	S3Bucket           string  `json:"s3Bucket"`
	S3Prefix           *string `json:"s3Prefix"`
	S3SseAlgorithm     string  `json:"s3SseAlgorithm"`
	S3SseKmsKeyID      *string `json:"s3SseKmsKeyId"`
	ManifestFilesS3Key string  `json:"manifestFilesS3Key"`
	BilledSizeBytes    int64   `json:"billedSizeBytes"`
	ItemCount          int64   `json:"itemCount"`
	OutputFormat       Format  `json:"outputFormat"`
	OutputView         string  `json:"outputView,omitempty"`
	ExportType         string  `json:"exportType,omitempty"`
}

type manifestLine struct {
	ItemCount     int64  `json:"itemCount"`
	MD5Checksum   string `json:"md5Checksum"`
	ETag          string `json:"etag"`
	DataFileS3Key string `json:"dataFileS3Key"`
}

func (c Config) withDefaults() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("gen: Config.Dir is empty")
	}
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	set(&c.Bucket, "example-bucket")
	set(&c.Table, "sample_table")
	set((*string)(&c.Format), string(Ion))
	set((*string)(&c.Shape), string(Narrow))
	if c.Time.IsZero() {
		c.Time = time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)
	}
	if c.ID == "" {
		c.ID = fmt.Sprintf("%014d-%s", c.Time.UnixMilli(), newRand(c.Seed, 1<<32).text(lowerHex, 8))
	}
	if c.Items != nil {
		c.Rows = int64(len(c.Items))
		c.given = readItems(c.Items)
	}
	if c.Incremental != nil {
		c.Items, c.Make = nil, nil
		if c.Incremental.Make == nil {
			c.Rows = int64(len(c.Incremental.Changes))
		}
		set(&c.Incremental.View, NewAndOldImages)
	}
	if c.Files == 0 {
		c.Files = 4
	}
	if c.Level == 0 {
		c.Level = 6
	}
	if c.Workers == 0 {
		c.Workers = 2
	}
	switch {
	case c.Format != Ion && c.Format != DynamoDBJSON && (c.Format != FlatJSON || c.Incremental != nil):
		return c, fmt.Errorf("gen: unknown format %q", c.Format)
	case c.Items == nil && c.Shape != Narrow && c.Shape != Wide && c.Shape != Mixed:
		return c, fmt.Errorf("gen: unknown shape %q", c.Shape)
	case c.Files < 0 || c.Empty < 0 || c.Rows < 0:
		return c, errors.New("gen: negative count")
	}
	return c, nil
}

// Write writes one export and returns what it is. Files that are there
// already are overwritten.
func Write(ctx context.Context, cfg Config) (*Export, error) {
	c, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	key := path.Join(c.Prefix, "AWSDynamoDB", c.ID)
	ex := &Export{Folder: filepath.Join(c.Dir, filepath.FromSlash(key)), Key: key + "/", ID: c.ID}
	if err := os.MkdirAll(ex.Folder, 0o755); err != nil {
		return nil, err
	}
	put := func(name string, content []byte) error {
		return os.WriteFile(filepath.Join(ex.Folder, name), content, 0o644)
	}
	if err := put("_started", nil); err != nil {
		return nil, err
	}

	dataKey, dataFolder := ex.Key+"data/", filepath.Join(ex.Folder, "data")
	if c.Incremental != nil {
		shared := path.Join(c.Prefix, "AWSDynamoDB", "data")
		dataKey, dataFolder = shared+"/", filepath.Join(c.Dir, filepath.FromSlash(shared))
	}
	if err := os.MkdirAll(dataFolder, 0o755); err != nil {
		return nil, err
	}
	names := newRand(c.Seed, 1<<33)
	total := c.Files + c.Empty
	ex.Files = make([]DataFile, total)
	ext := ".ion.gz"
	if c.Format != Ion {
		ext = ".json.gz"
	}
	for i := range ex.Files {
		name := names.text(base32, 26) + ext
		ex.Files[i].Key = dataKey + name
		ex.Files[i].Path = filepath.Join(dataFolder, name)
		if i < c.Files {
			// The first files take the remainder, one item each.
			ex.Files[i].Items = c.Rows / int64(c.Files)
			if int64(i) < c.Rows%int64(c.Files) {
				ex.Files[i].Items++
			}
		}
	}

	parts := make([]part, total)
	work := make(chan int)
	failed := make(chan error, c.Workers)
	for range c.Workers {
		go func() {
			var first error
			for i := range work {
				if first == nil {
					first = c.writeFile(ctx, i, &ex.Files[i], &parts[i])
				}
			}
			failed <- first
		}()
	}
	for i := range total {
		work <- i
	}
	close(work)
	for range c.Workers {
		if e := <-failed; e != nil && err == nil {
			err = e
		}
	}
	if err != nil {
		return nil, err
	}

	if c.known() {
		ex.Truth = c.truth(parts)
	}
	var billed int64
	var lines []byte
	for i := range ex.Files {
		f := &ex.Files[i]
		billed += parts[i].size
		lines = appendCompact(lines, manifestLine{f.Items, f.MD5, f.ETag, f.Key})
		lines = append(lines, '\n')
	}
	if err := put("manifest-files.json", lines); err != nil {
		return nil, err
	}
	if err := put("manifest-files.md5", Checksum(lines)); err != nil {
		return nil, err
	}
	started := c.Time.UTC()
	sum := appendCompact(nil, c.summary(ex, started, billed))
	if err := put("manifest-summary.json", sum); err != nil {
		return nil, err
	}
	return ex, put("manifest-summary.md5", Checksum(sum))
}

func (c *Config) summary(ex *Export, started time.Time, billed int64) summary {
	const layout = "2006-01-02T15:04:05.000Z"
	tableArn := "arn:aws:dynamodb:ap-northeast-1:123456789012:table/" + c.Table
	ids := newRand(c.Seed, 1<<34)
	s := summary{
		Version:            "2020-06-30",
		ExportArn:          tableArn + "/export/" + c.ID,
		StartTime:          started.Format(layout),
		EndTime:            started.Add(5*time.Minute + 12*time.Second + 345*time.Millisecond).Format(layout),
		TableArn:           tableArn,
		TableID:            ids.text(lowerHex, 8) + "-" + ids.text(lowerHex, 4) + "-" + ids.text(lowerHex, 4) + "-" + ids.text(lowerHex, 4) + "-" + ids.text(lowerHex, 12),
		ExportTime:         started.Format(layout),
		S3Bucket:           c.Bucket,
		S3SseAlgorithm:     "AES256",
		ManifestFilesS3Key: ex.Key + "manifest-files.json",
		BilledSizeBytes:    billed,
		ItemCount:          c.Rows,
		OutputFormat:       c.Format,
	}
	if c.TableID != "" {
		s.TableID = c.TableID
	}
	if c.Prefix != "" {
		s.S3Prefix = &c.Prefix
	}
	if in := c.Incremental; in != nil {
		s.Version, s.ExportType, s.OutputView = "2023-08-01", "INCREMENTAL_EXPORT", in.View
		s.ExportTime, s.ExportFromTime, s.ExportToTime = "", in.From.UTC().Format(layout), in.To.UTC().Format(layout)
	}
	return s
}

// appendCompact appends v as compact JSON.
func appendCompact(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: gen: " + err.Error())
	}
	return append(dst, b...)
}

// Checksum is the content of a manifest's .md5 file: 24 characters, no newline.
func Checksum(content []byte) []byte {
	sum := md5.Sum(content)
	return []byte(base64.StdEncoding.EncodeToString(sum[:]))
}

// known reports whether the truth of the items is known.
func (c *Config) known() bool { return c.Incremental == nil && c.Make == nil }

// part is what one data file contributes to the whole.
type part struct {
	size int64 // billed size of the items
	acc  accumulator
}

// maker returns the items of data file i.
func (c *Config) maker(i int) maker {
	r := newRand(c.Seed, uint64(i))
	switch {
	case c.Items != nil:
		at := i
		return func() ([]Field, Row) {
			item, row := c.Items[at], c.given.rows[at]
			at += c.Files // dealt out in turn
			return item, row
		}
	case c.Shape == Wide:
		return wideItems(r, c.Whole)
	case c.Shape == Mixed:
		return mixedItems(r, c.Whole, i, c.Files)
	default:
		return narrowItems(r, c.Whole)
	}
}

// counter counts the bytes that pass through it.
type counter struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	_, _ = c.h.Write(p[:n]) // a hash never fails
	return n, err
}

func (c *Config) writeFile(ctx context.Context, i int, f *DataFile, p *part) (err error) {
	file, err := os.Create(f.Path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	out := bufio.NewWriterSize(file, 1<<18)
	digest := md5.New()
	stored := &counter{w: out, h: digest}
	// The writer's header is the one that real exports have: no time, no name,
	// operating system 255.
	zip, err := gzip.NewWriterLevel(stored, c.Level)
	if err != nil {
		return err
	}
	zip.ModTime = time.Unix(0, 0)
	const chunk = 1 << 17
	buf := make([]byte, 0, chunk+1<<14)
	next := c.maker(i)
	for n := range f.Items {
		var item []Field
		var row Row
		at := int64(i) + n*int64(c.Files) // dealt out in turn
		switch {
		case c.Make != nil:
			item = c.Make(at)
		case c.Incremental == nil:
			item, row = next()
		}
		switch {
		case c.Incremental != nil:
			change := c.Incremental.at(at)
			buf = append(c.appendChange(buf, &change), '}')
			p.size += itemSize(change.New)
		case c.Format == Ion:
			buf = append(buf, "$ion_1_0 {Item:"...)
			buf = append(AppendIonFields(buf, item, c.ASCII), '}')
		case c.Format == FlatJSON:
			buf = AppendFlatFields(buf, item)
		default:
			buf = append(buf, `{"Item":`...)
			buf = append(AppendJSONFields(buf, item), '}')
		}
		buf = append(buf, '\n')
		p.size += itemSize(item)
		if c.known() {
			p.acc.add(row)
		}
		if len(buf) >= chunk || n == f.Items-1 {
			f.RawBytes += int64(len(buf))
			if _, err := zip.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	if err := zip.Close(); err != nil {
		return err
	}
	f.GzBytes = stored.n
	sum := digest.Sum(nil)
	f.MD5 = base64.StdEncoding.EncodeToString(sum)
	// The ETag of a multipart upload of one part. A real export of a large file
	// has several parts of a size that no manifest tells; readers must not rely
	// on it then.
	twice := md5.Sum(sum)
	f.ETag = hex.EncodeToString(twice[:]) + "-" + strconv.Itoa(1)
	return out.Flush()
}
