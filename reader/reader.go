// Package reader turns the bytes of one split (one data file) into pages: it
// gunzips, scans Ion, and appends the values of the needed columns straight
// into vectors by the SerDe's rules. Open is the door.
//
// The route of a byte: source (where it comes from) -> inflate -> ion (syntax,
// offsets) -> projection (which fields are needed) -> serde (value -> vector)
// -> page.
package reader

import (
	"context"
	"io"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/types"
)

// Column is one column of a table, as declared.
type Column struct {
	Name string // lower case, as the catalog holds it
	Type types.Type
}

// Table is what the reader needs to know of a table: its columns in order, and
// the SerDe with its properties (keys as written, e.g.
// "ion.id.path_extractor").
type Table struct {
	Name       string // database.table, for messages
	Columns    []Column
	SerDe      string // class name, e.g. com.amazon.ionhiveserde.IonHiveSerDe
	Properties map[string]string
	// SkipHeader is the number of lines that each file of a table over lines begins
	// with (skip.header.line.count).
	SkipHeader int
}

// Split is one unit of scan work: one data file.
type Split struct {
	Ordinal int    // place in the scan's order of files, from 0
	Name    string // path or URL, as messages name it; its suffix tells the compression
	Size    int64  // bytes as stored; -1 unknown
	Items   int64  // records that a manifest promises; -1 where there is no promise
	// DynamoDBJSON tells that the file holds DynamoDB JSON; its records are read as
	// what they are in the same export in Ion.
	DynamoDBJSON bool
	// Open opens the stored (still compressed) bytes.
	Open func(ctx context.Context) (io.ReadCloser, error)
	// Identify gives what tells the file's present content from any other. Nil
	// where that cannot be told: then nothing of the file is kept.
	Identify func(ctx context.Context) (source.Identity, error)
	// MD5 is what Open holds the stored bytes against, as hexadecimal digits; empty
	// where it holds them against nothing.
	MD5 string
	// Via, where not nil, is what package reader's Open calls in its own place:
	// not every record of the file is a row of the table, or rows are not read
	// from records as the table says (package overlay).
	Via func(ctx context.Context, t *Table, columns []int, opt Options) (PageSource, error)
}

// Options tune one scan.
type Options struct {
	PageRows int // rows in a page; 0 means page.DefaultRows
	// DecimalOverflow is "error" (default, also ""), which refuses a value that
	// Athena would silently wrap to 64 bits (semantics 2.4, trap 6), or
	// "athena", which wraps it as Athena does.
	DecimalOverflow string
	// ProjectAll makes the reader decode every field of a record before
	// picking the needed ones (the slow path). It exists for tests: the answer
	// must be the same.
	ProjectAll bool
	// Warn receives warnings about the data or the declaration (a path that can
	// never match, a nested decimal that was rounded). May be nil. It can be
	// called from several goroutines.
	Warn func(msg string)

	// Late lists places in the projection: columns whose values are only located
	// and checked for syntax while the page is read, and decoded by
	// PageSource.Load for the rows that are still wanted. Athena decodes a column
	// only for rows that a filter lets through, so a bad value in another row does
	// no harm there (semantics 2.4); and what is not decoded costs little. Such a
	// column of a page is nil until it is loaded.
	Late []int

	// Cache keeps the columns that are read, and gives those that were kept. Nil
	// keeps nothing.
	Cache *colcache.Cache
	// Lazy says that the caller loads each column, late or not, by PageSource.Load
	// before it looks at it: any column of a page may be nil until then.
	Lazy bool
	// KeptLate is Late, of all columns, and Lazy for what is read from kept columns.
	KeptLate bool

	// Coded is 1 + a place in the projection whose vectors may show places in a
	// dictionary (page.Vector.Dict); 0 means none.
	Coded int

	// soft lists places in the projection, none of them late, whose values may be
	// bad: such a row is NULL, and softSource.bad has its error.
	soft []int
	// keep, where not nil, is who keeps columns of the pages.
	keep keeper

	window int // bytes of the window on the text at first; for tests
}

// Stats are counters of one PageSource so far.
type Stats struct {
	BytesStored int64 // compressed bytes read
	BytesRaw    int64 // bytes after decompression
	Records     int64 // records seen
	BytesKept   int64 // bytes read from the cache folder in their place
}

// PageSource yields the pages of one split. Columns of a page are the
// projection's columns, in its order. It is not safe for concurrent use.
type PageSource interface {
	// Next returns the next page, or nil at the end (and nil ever after). The
	// page is valid until the next call of Next or Close.
	Next(ctx context.Context) (*page.Page, error)
	// Load decodes late column k of the page at hand for the listed rows,
	// ascending, or for all rows where the list is nil, and puts the vector in the
	// page. It is as long as the page; what it has for rows that are not listed
	// means nothing. It is valid as long as the page, or until the column is loaded
	// again.
	Load(k int, rows []int32) (*page.Vector, error)
	Stats() Stats
	Close() error
}

// Selector is a PageSource that decides conditions without decoding the column.
type Selector interface {
	PageSource
	// Select decides a condition on column k for the page at hand: for the listed
	// rows, ascending, or for all where the list is nil. Where the outcome is
	// colcache.Some the rows that meet it are returned, in dst's memory, which is not
	// that of rows. Unknown says that the column has to be looked at.
	Select(k int, c *colcache.Condition, rows, dst []int32) ([]int32, colcache.Outcome, error)
	// Pick is Load that puts the listed rows next to each other, and leaves the page
	// as it is: the vector has as many rows as are listed.
	Pick(k int, rows []int32) (*page.Vector, error)
	// Clean reports whether column k is known to have no bad value in the page at hand.
	Clean(k int) bool
	// Codes is Pick, of all rows where the list is nil, that gives places in a
	// dictionary (page.Vector.Dict); nil where the page has none.
	Codes(k int, rows []int32) (*page.Vector, error)
}

// Totaler is a PageSource that may know what all rows of its split come to.
type Totaler interface {
	PageSource
	// Whole gives the number of rows; ok is false where it is not known, where a value
	// is bad, or where the first page has been asked for.
	Whole() (rows int64, ok bool)
	// Total gives what the rows come to in column k, where Whole is ok.
	Total(k int) colcache.Total
	// Pass passes all rows: Next gives the end, and what is wrong with the split as
	// a whole.
	Pass()
}

// softSource is a PageSource that takes Options.soft.
type softSource interface {
	PageSource
	// bad lists the rows of the page at hand whose value in column k is bad.
	bad(k int) []badRow
}

// keeper lends memory to a source that reads columns for it, so that nothing is
// copied. A source need not ask.
type keeper interface {
	// room is where the next n values of column k may be put; nil: nowhere.
	room(k, n int) []int64
	// ticks is where the ticks of column k's next n strings may be put, in the place
	// of a vector, and what reads them: then taken is told so, and the page has no
	// such column.
	ticks(k, n int) (*clock.Parser, []int64)
	taken(k int)
}

type badRow struct {
	row int32 // in the page
	err error
}
