// Package engine is the library's door: Open makes an Engine with an empty
// catalog, NewSession a Session with settings, Session.Query runs one statement
// and gives a Result whose pages are read one by one.
//
//	e, err := engine.Open(engine.Options{})
//	defer e.Close()
//	names, err := e.AddPath(ctx, "", "downloads/01688083200000-abcd1234") // a table over an export
//	s := e.NewSession()
//	r, err := s.Query(ctx, "SELECT count(*) FROM sample_table")
//	defer r.Close()
//	for p, err := r.Next(ctx); p != nil || err != nil; p, err = r.Next(ctx) { ... }
//
// The route of a statement: syntax.Parse, analyze.Analyze, exec.Build, and then
// operators' Next as the Result is read. Statements about the catalog end in
// utility.go.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/proven"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Mapping says that the keys below an s3:// prefix lie in a local folder.
type Mapping = source.Mapping

// ParseMapping reads "s3://bucket/prefix=DIR".
func ParseMapping(s string) (Mapping, error) { return source.ParseMapping(s) }

// ParseSize reads a number of bytes: 512MB, 1.5GiB, 65536.
func ParseSize(s string) (int64, error) { return spill.ParseSize(s) }

// Options configure an Engine. The zero value is the usual choice.
type Options struct {
	Maps    []Mapping
	Offline bool // ask no server: s3:// names that no mapping covers are answered from Cache, or refused
	S3      S3

	// Cache keeps objects and listings of S3 between runs, and the columns of data
	// files that queries have read. Engine.Close closes it. nil keeps nothing.
	Cache *Cache
	// CacheSettle is how long before it is read a file must have been changed last
	// for its columns to be kept; 0 means two seconds. Less than zero, for tests,
	// trusts the file system's clock to tell any two changes apart.
	CacheSettle time.Duration
	// CacheLeast is the size, as stored, of the smallest file whose columns are kept; 0
	// means 16 KiB, below which reading the file is faster. Less than zero is for tests.
	CacheLeast int64

	Workers  int // goroutines that read files; 0 means one for each processor
	PageRows int // rows in a page; 0 means page.DefaultRows

	// Verify says how far data is held against what its manifest promises.
	Verify Verify
	// HashBelow is up to which size in stored bytes exports are held against their
	// MD5s unasked; 0 means catalog.HashBelow, less means never.
	HashBelow int64

	// Memory is how many bytes the operators of one query may hold before they go
	// on in temporary files; 0 means a quarter of the machine's memory, or of the
	// container's. It is about their rows and states, not the whole process.
	Memory int64
	// TempDir is the folder of temporary files; empty means the system's.
	TempDir string

	// partRows is how many rows make a part of an aggregation; for tests.
	partRows int

	// ProjectAll makes readers take the slow path (reader.Options); for tests.
	ProjectAll bool

	// AsOf is the instant whose state the tables of paths show: see AddPath. Zero
	// means the newest that there is. Declared tables do not know instants.
	AsOf time.Time

	// Catalog is a folder that keeps databases, declared tables, partitions and
	// views for later processes. Empty: the catalog ends with the Engine.
	Catalog string

	// Warn receives what a user should know and no error says: which export was
	// chosen, data that a declared path can never match. May be nil. It can be
	// called from several goroutines, but not from two at once.
	Warn func(msg string)
}

// Verify is how far data is held against what its manifest promises.
type Verify = catalog.Verify

// The ways; see package catalog.
const (
	VerifyCheap = catalog.VerifyCheap
	VerifyFull  = catalog.VerifyFull
	VerifyOff   = catalog.VerifyOff
)

// Engine holds a catalog and where its bytes come from. It is safe for
// concurrent use.
type Engine struct {
	opt      Options
	resolver *source.Resolver
	catalog  *catalog.Catalog
	prover   *proven.Prover
	space    *spill.Space
	columns  *colcache.Cache
	read     exec.Stats // by all statements
	warnMu   sync.Mutex
	warned   map[string]bool // under warnMu
}

// Open returns an Engine. It touches nothing but the mapped folders.
func Open(opt Options) (*Engine, error) {
	e := &Engine{opt: opt}
	r, err := source.New(source.Options{Maps: opt.Maps, Offline: opt.Offline, S3: opt.S3, Store: opt.Cache, Warn: e.warn})
	if err != nil {
		return nil, err
	}
	e.resolver = r
	e.space = spill.NewSpace(opt.TempDir)
	e.space.SweepAtStart()
	if e.columns = colcache.New(opt.Cache); e.columns != nil {
		e.columns.Settle = cmp.Or(opt.CacheSettle, e.columns.Settle)
		e.columns.Least = cmp.Or(opt.CacheLeast, e.columns.Least)
	}
	e.catalog = catalog.New(r)
	// Only who asks for MD5s has them remembered: a plain query leaves no trace.
	if opt.Verify == VerifyFull {
		e.prover = proven.New(opt.Cache.Space(proven.Space))
	} else {
		e.prover = proven.New(nil)
	}
	e.catalog.Verify(opt.Verify, cmp.Or(opt.HashBelow, catalog.HashBelow), e.prover)
	e.catalog.AsOf = opt.AsOf
	if e.columns != nil {
		e.catalog.KeepShapes(opt.Cache, e.columns.Settle)
	}
	if opt.Catalog != "" {
		if err := e.catalog.Keep(opt.Catalog); err != nil {
			_ = e.Close() // nothing was used yet
			return nil, err
		}
	}
	return e, nil
}

// Close ends the use of all sources. Results must be closed before.
func (e *Engine) Close() error { return errors.Join(e.resolver.Close(), e.opt.Cache.Close()) }

// Catalog returns the engine's catalog: ionq ddl prints tables of it.
func (e *Engine) Catalog() *catalog.Catalog { return e.catalog }

// AddPath makes tables in database default of what lies at a path: an export's
// folder, a folder with many of them, a data/ folder, or a file. name is the
// table's, or empty: then it is named after the DynamoDB table, or the folder. It
// returns the names of the tables made. The data is read once, to find its types.
//
// Of many exports of a table those are taken that give its state at Options.AsOf,
// or its newest one: a full export, and the incremental ones after it. The rows of
// incremental exports are a table of their own, NAME$changes.
func (e *Engine) AddPath(ctx context.Context, name, path string) (names []string, err error) {
	defer recovered(&err)
	tables, err := e.catalog.AddPath(ctx, name, path, e.opt.Workers, e.warn)
	for _, t := range tables {
		names = append(names, t.Name)
	}
	if err != nil {
		err = canceled(ctx, err)
	}
	return names, err
}

// maxWarned bounds what is remembered of warnings.
const maxWarned = 1000

// warn passes a warning on, one at a time, and each but once: every file and
// every query may have the same to say.
func (e *Engine) warn(msg string) {
	if e.opt.Warn == nil {
		return
	}
	e.warnMu.Lock()
	defer e.warnMu.Unlock()
	if e.warned[msg] {
		return
	}
	if e.warned == nil || len(e.warned) >= maxWarned {
		e.warned = map[string]bool{}
	}
	e.warned[msg] = true
	e.opt.Warn(msg)
}

// Session is a sequence of statements with settings and a current database; prepared
// statements are the catalog's. It is not safe for concurrent use.
type Session struct {
	e        *Engine
	database string
	set      settings
	now      func() time.Time // tests fix it
}

// settings are a session's properties.
type settings struct {
	zoneName        string
	zone            types.Zone
	decimalLiterals bool // Trino's reading of 1.5; Athena's is double
	overflow        string
}

// NewSession returns a session with default settings in database default.
func (e *Engine) NewSession() *Session {
	return &Session{
		e: e, database: catalog.DefaultDatabase, now: time.Now,
		set: settings{zoneName: "UTC"},
	}
}

// Settings lists the names that Set takes.
var Settings = []string{"timezone", "decimal_literals", "decimal_overflow", "database"}

// Set changes a session setting:
//
//	timezone          an IANA name or an offset; default UTC
//	decimal_literals  double (default, as Athena) or decimal (as Trino): the type of 1.5
//	decimal_overflow  error (default) or athena: wrap what does not fit 64 bits
//	database          the database of names without one; default "default"
func (s *Session) Set(name, value string) error {
	bad := func(want string) error {
		return sqlerr.New(sqlerr.ConfigurationInvalid, "setting %s: %q is not %s", name, value, want)
	}
	switch strings.ToLower(name) {
	case "timezone", "time_zone":
		z, err := types.ZoneByName(value)
		if err != nil {
			return bad("a time zone, such as Asia/Tokyo or +09:00")
		}
		s.set.zone, s.set.zoneName = z, value
	case "decimal_literals":
		switch value {
		case "decimal", "double":
			s.set.decimalLiterals = value == "decimal"
		default:
			return bad("decimal or double")
		}
	case "decimal_overflow":
		switch value {
		case "error", "athena":
			s.set.overflow = value
		default:
			return bad("error or athena")
		}
	case "database":
		if !s.e.catalog.HasDatabase(value) {
			return sqlerr.New(sqlerr.SchemaNotFound, "Schema '%s' does not exist", value)
		}
		s.database = strings.ToLower(value)
	default:
		e := sqlerr.New(sqlerr.ConfigurationInvalid, "there is no setting %q", name)
		if n := sqlerr.Nearest(strings.ToLower(name), Settings); n != "" {
			return e.WithHint("did you mean %s?", n)
		}
		return e.WithHint("the settings are %s", strings.Join(Settings, ", "))
	}
	return nil
}

// recovered turns a panic, which is a bug, into an error. It is deferred where
// the library is entered, and by the goroutines that it starts.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = sqlerr.New(sqlerr.GenericInternalError, "%v", r).
			WithHint("this is a bug of ionq: please report it, with the statement and what follows").
			Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
	}
}
