// Package verify tells whether exports are whole and unaltered: manifests against
// their checksums and each other, data files against the manifests by MD5, etag
// and number of items, and all of their bytes by gzip's checksum and the grammar.
// It finds everything that is wrong, where a query stops at the first.
//
//	report, err := verify.Run(ctx, resolver, []string{"downloads"}, verify.Options{})
//	if report.OK { ... }
//
// Every byte is read; nothing is taken from memory, since bits that rot change no
// file's identity. What is proven is remembered for queries.
package verify

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/proven"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Options tune Run.
type Options struct {
	Workers int // files read at once; 0 means one for each processor
	// Prover remembers what was proven, for queries. May be nil.
	Prover *proven.Prover
	// Progress learns now and then how many of the stored bytes are read. May be
	// nil. It is called from several goroutines, but not from two at once.
	Progress func(done, total int64)
}

// Report is the outcome. Its JSON form is the command's machine-readable output:
// names of fields and checks are stable.
type Report struct {
	OK       bool             `json:"ok"` // nothing is wrong; there may be warnings
	Errors   int              `json:"errors"`
	Warnings int              `json:"warnings"`
	Exports  []*Export        `json:"exports"`
	Loose    []*File          `json:"loose_files"` // data files without a manifest
	Findings []export.Finding `json:"findings"`    // about no single export
}

// Export is the outcome for one export.
type Export struct {
	Path       string     `json:"path"`
	Table      string     `json:"table,omitempty"`
	TableArn   string     `json:"table_arn,omitempty"`
	ID         string     `json:"export_id,omitempty"`
	Type       string     `json:"export_type,omitempty"` // FULL_EXPORT, INCREMENTAL_EXPORT
	Format     string     `json:"output_format,omitempty"`
	ExportTime *time.Time `json:"export_time,omitempty"`
	From       *time.Time `json:"export_from_time,omitempty"`
	To         *time.Time `json:"export_to_time,omitempty"`

	OK            bool             `json:"ok"`
	FilesPromised int              `json:"files_promised"`
	FilesRead     int              `json:"files_read"`
	ItemsPromised int64            `json:"items_promised"`
	ItemsCounted  int64            `json:"items_counted"`
	BytesStored   int64            `json:"bytes_stored"`
	BytesRaw      int64            `json:"bytes_raw"`
	MD5Proven     int              `json:"md5_proven"`
	ETagProven    int              `json:"etag_proven"`
	Files         []*File          `json:"files"`
	Findings      []export.Finding `json:"findings"`
}

// File is the outcome for one data file.
type File struct {
	Path          string           `json:"path"`
	BytesStored   int64            `json:"bytes_stored"`
	BytesRaw      int64            `json:"bytes_raw"`
	ItemsPromised *int64           `json:"items_promised,omitempty"`
	ItemsCounted  int64            `json:"items_counted"`
	MD5           string           `json:"md5"` // base64, as in the manifest
	OK            bool             `json:"ok"`
	Findings      []export.Finding `json:"findings"`

	claim *export.Claim
	sum   proven.Sum
	read  bool
	count bool // the items could be counted to the end
	o     source.Object
	kms   bool
	etag  bool // it could be checked, and was right
}

// Run verifies what lies at the paths. The error is that of a path which cannot be
// looked at, or of a cancelled context; what is wrong with exports is in the
// report.
func Run(ctx context.Context, r *source.Resolver, paths []string, opt Options) (*Report, error) {
	rep := &Report{Exports: []*Export{}, Loose: []*File{}, Findings: []export.Finding{}}
	var files []*File
	seen := map[string]bool{}
	for _, name := range paths {
		s, err := export.Take(ctx, r, name)
		if err != nil {
			return nil, err
		}
		rep.survey(name, s)
		for _, x := range s.Exports {
			if seen[x.Name] {
				continue
			}
			seen[x.Name] = true
			e := newExport(x)
			rep.Exports = append(rep.Exports, e)
			files = append(files, e.Files...)
		}
		for _, o := range s.Loose {
			if !seen[o.Name] {
				seen[o.Name] = true
				rep.Loose = append(rep.Loose, &File{Path: o.Name, o: o})
			}
		}
	}
	files = append(files, rep.Loose...)
	if err := readAll(ctx, files, opt); err != nil {
		return nil, err
	}
	rep.conclude()
	return rep, nil
}

// survey notes what is wrong with a path as such.
func (rep *Report) survey(name string, s *export.Survey) {
	rep.Findings = append(rep.Findings, s.Findings...)
	for _, at := range s.InProgress {
		severity := export.Warning
		if len(s.Exports) == 0 {
			severity = export.Wrong
		}
		rep.Findings = append(rep.Findings, export.Finding{
			Severity: severity, Check: "in_progress", File: at, Message: "the export has not completed: it has a _started file and no manifests",
		})
	}
	switch {
	case len(s.Loose) > 0 && len(s.Exports) > 0:
		rep.Findings = append(rep.Findings, export.Finding{
			Severity: export.Warning, Check: "no_manifest", File: s.Loose[0].Name,
			Message: fmt.Sprintf("%s of %s in no export; they are read, but nothing says what they should hold", count(len(s.Loose), "data file"), name),
		})
	case len(s.Loose) > 0:
		rep.Findings = append(rep.Findings, export.Finding{
			Severity: export.Warning, Check: "no_manifest", File: name,
			Message: "there is no manifest that says what the data files should hold; they are read, and no more",
		})
	case len(s.Exports)+len(s.InProgress) == 0:
		rep.Findings = append(rep.Findings, export.Finding{
			Severity: export.Wrong, Check: "nothing", File: name, Message: "no export and no data files",
		})
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// newExport prepares the outcome of an export that was inspected.
func newExport(x *export.Inspection) *Export {
	e := &Export{Path: x.Name, Files: []*File{}, Findings: append([]export.Finding{}, x.Findings...)}
	kms := false
	if s := x.Summary; s != nil {
		e.Table, e.TableArn, e.ID, e.Format = s.Table(), s.TableArn, s.ID(), string(s.OutputFormat)
		e.Type = "FULL_EXPORT"
		if s.Incremental() {
			e.Type = "INCREMENTAL_EXPORT"
		}
		e.ExportTime, e.From, e.To = given(s.ExportTime), given(s.ExportFromTime), given(s.ExportToTime)
		kms = s.S3SseAlgorithm == "KMS"
	}
	for i := range x.Claims {
		c := &x.Claims[i]
		e.FilesPromised++
		e.ItemsPromised += c.ItemCount
		if c.Found {
			e.Files = append(e.Files, &File{Path: c.Object.Name, ItemsPromised: &c.ItemCount, o: c.Object, claim: c, kms: kms})
		}
	}
	return e
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// readAll reads the files by several workers, large ones first, so that no worker
// is left alone with the last of them.
func readAll(ctx context.Context, files []*File, opt Options) error {
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	order := slices.Clone(files)
	slices.SortStableFunc(order, func(a, b *File) int { return int(min(max(b.o.Size-a.o.Size, -1), 1)) })
	pr := progress{f: opt.Progress}
	for _, f := range files {
		pr.total += f.o.Size
	}
	pr.add(0)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan *File)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	for range min(workers, len(files)) {
		wg.Go(func() {
			for f := range next {
				if err := f.safely(ctx, opt.Prover, &pr); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
					cancel()
				}
			}
		})
	}
	for _, f := range order {
		if ctx.Err() != nil {
			break
		}
		next <- f
	}
	close(next)
	wg.Wait()
	if first != nil {
		return first
	}
	return ctx.Err()
}

// progress adds up what the workers read.
type progress struct {
	f     func(done, total int64)
	total int64
	done  atomic.Int64
	mu    sync.Mutex
}

func (p *progress) add(n int64) {
	if p.f == nil {
		return
	}
	done := p.done.Add(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.f(done, p.total)
}

// safely is verify; a panic, which is a bug, becomes an error.
func (f *File) safely(ctx context.Context, prover *proven.Prover, pr *progress) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = sqlerr.New(sqlerr.GenericInternalError, "%v", r).WithHint("this is a bug of ionq: please report it").WithData(sqlerr.Data{File: f.Path, Offset: -1})
		}
	}()
	return f.verify(ctx, prover, pr)
}

func (f *File) wrong(check, want, got, format string, args ...any) {
	f.Findings = append(f.Findings, export.Finding{
		Severity: export.Wrong, Check: check, File: f.Path, Message: fmt.Sprintf(format, args...), Want: want, Got: got,
	})
}

// stored hashes and counts the stored bytes while they are read.
type stored struct {
	io.ReadCloser
	h   hash.Hash
	n   int64
	pr  *progress
	end error // what reading ended with
}

func (s *stored) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	_, _ = s.h.Write(b[:n]) // a hash takes everything
	s.n += int64(n)
	s.pr.add(int64(n))
	if err != nil {
		s.end = err
	}
	return n, err
}

// keep is a stored that outlives the reader which closes it: what that one left
// is hashed as well.
type keep struct{ *stored }

func (keep) Close() error { return nil }

// verify reads a file to its end. Its error is a cancelled context's, or a bug.
func (f *File) verify(ctx context.Context, prover *proven.Prover, pr *progress) error {
	f.Findings = []export.Finding{}
	start := time.Now()
	rc, err := f.o.Open(ctx)
	if err != nil {
		return f.unreadable(ctx, err)
	}
	id := source.IdentityOf(f.o, rc)
	s := &stored{ReadCloser: rc, h: md5.New(), pr: pr}
	f.ItemsCounted, f.BytesRaw, err = items(ctx, f.Path, s)
	f.count = err == nil
	if err != nil && ctx.Err() == nil {
		e := sqlerr.As(err)
		msg := e.Msg
		if e.Data != nil && e.Data.Record > 0 {
			msg = fmt.Sprintf("record %d: %s", e.Data.Record, msg)
		}
		if e.Hint != "" {
			msg += "; " + e.Hint
		}
		check := "content"
		if e.Code == sqlerr.NotSupported {
			check = "not_supported"
		}
		f.wrong(check, "", "", "%s", msg)
	}
	if s.end == nil && ctx.Err() == nil {
		_, err := proven.Drain(ctx, s)
		if err != nil && ctx.Err() == nil {
			s.end = err
		}
	}
	f.BytesStored = s.n
	if ctx.Err() == nil && !atEnd(s.end) {
		_ = rc.Close() // the error of reading counts
		return f.unreadable(ctx, s.end)
	}
	s.h.Sum(f.sum[:0])
	if err := ctx.Err(); err != nil {
		_ = rc.Close() // nothing of it is used
		return err
	}
	f.read = true
	f.MD5 = f.sum.Base64()
	if prover != nil {
		prover.Remember(id, f.o, rc, f.sum, start)
	}
	if err := rc.Close(); err != nil {
		return f.unreadable(ctx, err)
	}
	f.compare()
	return nil
}

// atEnd reports whether err is that of a file which was read whole.
func atEnd(err error) bool { return err == nil || err == io.EOF } //nolint:errorlint // an error that wraps it is a connection that broke off

// unreadable notes that a file cannot be read; a cancelled context is an error.
func (f *File) unreadable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *sqlerr.Error
	if errors.As(err, &e) {
		f.wrong("unreadable", "", "", "%s", e.Msg)
	} else {
		f.wrong("unreadable", "", "", "%v", err)
	}
	return nil
}

// compare holds what was read against what was promised.
func (f *File) compare() {
	c := f.claim
	if c == nil {
		return
	}
	if f.count && f.ItemsCounted != c.ItemCount {
		f.wrong("item_count", fmt.Sprint(c.ItemCount), fmt.Sprint(f.ItemsCounted), "the manifest promises %s, the file holds %d", count(int(c.ItemCount), "item"), f.ItemsCounted)
	}
	right := false
	if want, ok := proven.ParseSum(c.MD5Checksum); ok {
		if right = want == f.sum; !right {
			f.wrong("md5", c.MD5Checksum, f.MD5, "its MD5 is not the one that the manifest promises: bytes were changed, or it was not copied whole")
		}
	}
	got, can := f.etagOf(c.ETag)
	switch {
	case !can:
	case got == strings.ToLower(strings.Trim(c.ETag, `"`)):
		f.etag = true
	case right:
		// The content is proven; what is odd is the manifest.
		f.Findings = append(f.Findings, export.Finding{
			Severity: export.Warning, Check: "etag", File: f.Path, Want: c.ETag, Got: got,
			Message: "its MD5 is as promised, but the manifest's etag is not that of these bytes",
		})
	case c.MD5Checksum == "":
		f.wrong("etag", c.ETag, got, "its etag is not the one that the manifest promises")
	}
}

// etagOf is the etag that an object of these bytes has, in the form of the
// promised one. ok is false where that one cannot be computed: an upload in
// several parts of unknown size, or encryption with a key of KMS, which gives
// etags that follow from no content.
func (f *File) etagOf(promised string) (etag string, ok bool) {
	hexSum, parts, several := strings.Cut(strings.Trim(promised, `"`), "-")
	switch {
	case f.kms || len(hexSum) != 2*md5.Size:
		return "", false
	case !several:
		return f.sum.String(), true
	case parts == "1":
		return f.sum.ETag(), true
	}
	return "", false
}

// items counts the records of a file and checks them all.
func items(ctx context.Context, name string, s *stored) (n, raw int64, err error) {
	split := reader.Split{
		Name: name, Size: -1, Items: -1, DynamoDBJSON: isJSON(name),
		Open: func(context.Context) (io.ReadCloser, error) { return keep{s}, nil },
	}
	t, err := reader.OpenText(ctx, split)
	if err != nil {
		return 0, 0, err
	}
	for err == nil {
		var end int
		if _, _, end, err = t.Next(ctx); err == nil && end == 0 {
			break
		}
	}
	st := t.Stats()
	if cerr := t.Close(); err == nil {
		err = cerr
	}
	return st.Records, st.BytesRaw, err
}

func isJSON(name string) bool {
	base := path.Base(name)
	for _, ext := range []string{".gz", ".zst"} {
		base = strings.TrimSuffix(base, ext)
	}
	return strings.HasSuffix(base, ".json")
}

// conclude adds up, and looks at what only shows across files.
func (rep *Report) conclude() {
	rep.Errors, rep.Warnings = 0, 0
	tally := func(list []export.Finding) (wrong int) {
		for _, f := range list {
			if f.Severity == export.Wrong {
				wrong++
			} else {
				rep.Warnings++
			}
		}
		rep.Errors += wrong
		return wrong
	}
	for _, e := range rep.Exports {
		e.conclude()
		bad := tally(e.Findings)
		for _, f := range e.Files {
			n := tally(f.Findings)
			f.OK = n == 0
			bad += n
		}
		e.OK = bad == 0
	}
	for _, f := range rep.Loose {
		f.OK = tally(f.Findings) == 0
	}
	tally(rep.Findings)
	rep.OK = rep.Errors == 0
}

func (e *Export) conclude() {
	unchecked, counted := 0, true
	same := map[proven.Sum]*File{}
	for _, f := range e.Files {
		e.BytesStored += f.BytesStored
		e.BytesRaw += f.BytesRaw
		e.ItemsCounted += f.ItemsCounted
		counted = counted && f.count
		if !f.read {
			continue
		}
		e.FilesRead++
		if want, ok := proven.ParseSum(f.claim.MD5Checksum); ok && want == f.sum {
			e.MD5Proven++
		}
		if f.etag {
			e.ETagProven++
		} else if _, can := f.etagOf(f.claim.ETag); !can {
			unchecked++
		}
		// Keys are unique in a table, so no two files with items are alike.
		if other := same[f.sum]; other != nil && f.ItemsCounted > 0 {
			f.wrong("duplicate", "", "", "it has the same bytes as %s", other.Path)
		}
		same[f.sum] = f
		if f.claim.MD5Checksum == "" {
			e.Findings = append(e.Findings, export.Finding{Severity: export.Warning, Check: "md5", File: f.Path, Message: "the manifest promises no MD5"})
		}
	}
	if unchecked > 0 {
		e.Findings = append(e.Findings, export.Finding{
			Severity: export.Warning, Check: "etag",
			Message: fmt.Sprintf("the etags of %s cannot be checked: they are of uploads in several parts, encrypted with KMS, or not there", count(unchecked, "file")),
		})
	}
	if counted && e.FilesRead == e.FilesPromised && e.ItemsCounted != e.ItemsPromised {
		e.Findings = append(e.Findings, export.Finding{
			Severity: export.Wrong, Check: "totals", Message: fmt.Sprintf("the manifest promises %d items in all, the files hold %d", e.ItemsPromised, e.ItemsCounted),
			Want: fmt.Sprint(e.ItemsPromised), Got: fmt.Sprint(e.ItemsCounted),
		})
	}
}
